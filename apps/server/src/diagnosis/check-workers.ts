import type { WorkerRow } from '../store/database.ts'
import { count, duration, type Finding, failed, ok, warning } from './check.ts'
import { LARGEST_SKEW_MS } from './check-clock.ts'

/** A worker tells of itself so often. */
export const HEARTBEAT_SECONDS = 15
/** After so long without, it is away. */
export const AWAY_MS = 3 * HEARTBEAT_SECONDS * 1000

/** Whether a worker is there, and fits. `workers` are those of the last day, seen last first. */
export function checkWorkers(workers: readonly WorkerRow[], { now, version }: { now: Date; version: string }): Finding {
  const here = workers.filter((worker) => now.getTime() - Date.parse(worker.seen_at) <= AWAY_MS)
  const [first] = here
  if (first === undefined)
    return failed(
      lastSeen(workers, now),
      'start one: landlord-worker (or landlord dev), with this server as worker.server_url',
    )
  const unregistered = here.find(({ registered }) => registered === 0)
  if (unregistered !== undefined) {
    return failed(
      `the worker at ${unregistered.url} is not registered at the workflow engine`,
      'check its workflow.admin_url, and that the engine reaches worker.advertised_url; its log says why',
    )
  }
  const late = here.find(({ clock_skew_ms: skew }) => Math.abs(skew) > LARGEST_SKEW_MS)
  if (late !== undefined) {
    return warning(
      `the clock of the worker at ${late.url} is ${duration(Math.abs(late.clock_skew_ms))} away from the server's`,
      'keep the clocks of all machines with NTP: timedatectl tells',
    )
  }
  const other = here.find((worker) => worker.version !== version)
  if (other !== undefined) {
    return warning(
      `the worker at ${other.url} is version ${other.version}, the server is ${version}`,
      'fine during an upgrade; afterwards upgrade whichever is older',
    )
  }
  return ok(`${count(here.length, 'worker')} of version ${version}, seen ${ago(first, now)}`)
}

function lastSeen([last]: readonly WorkerRow[], now: Date): string {
  return last === undefined
    ? 'no worker has been seen in the last day'
    : `no worker is there; ${last.url} was seen ${ago(last, now)}`
}

function ago({ seen_at: seenAt }: WorkerRow, now: Date): string {
  return `${duration(Math.max(0, now.getTime() - Date.parse(seenAt)))} ago`
}
