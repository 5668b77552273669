import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { notOnEcs } from '../errors/docker-error.ts'
import type { ClientStreams } from '../http/client-streams.ts'
import { isTrue } from '../http/read-query.ts'
import { MULTIPLEXED_STREAM, RAW_STREAM } from '../logs/frame-output.ts'
import type { LogStreamReader } from '../logs/log-stream-reader.ts'
import { readLogs } from '../logs/read-logs.ts'
import { toOutput } from '../logs/to-output.ts'
import type { ContainerRecord } from '../store/records.ts'

interface AttachDeps extends Pick<BackendDeps, 'store'> {
  readonly containers: ContainerOperations
  readonly reader: LogStreamReader
}

/** `docker attach` and the first thing that `docker run` does: the output of a run, which may not have begun yet. */
export function registerAttachRoutes(streams: ClientStreams, { containers, reader, store }: AttachDeps): void {
  streams.hijack('/containers/:id/attach', async ({ params, query, signal }, accept) => {
    const record = containers.find(params.id ?? '')
    refuseStdin(record, isTrue(query.get('stdin') ?? undefined))
    const tty = record.config.Tty === true
    const { stdin, output } = accept(tty ? RAW_STREAM : MULTIPLEXED_STREAM)
    // Input that nobody reads would keep the end of the connection from being seen.
    stdin.resume()
    if (!isTrue(query.get('stdout') ?? undefined)) return
    const run = await beginningOfRun(containers, record, signal)
    if (run?.logStream === undefined) return
    const isFromNow = record.live === true && !isTrue(query.get('logs') ?? undefined)
    const hasEnded = (): boolean => {
      const current = store.containers.get(run.id)
      return current?.live !== true || current.taskArn !== run.taskArn
    }
    const events = readLogs(
      { streams: [run.logStream], range: {}, follow: true, ...(isFromNow ? { tail: 0 } : {}) },
      { reader, hasEnded, signal },
    )
    await pipeline(Readable.from(toOutput(events, { tty, timestamps: false })), output, { end: false })
  })
}

/** The record of a run whose output there is to read; undefined when none came of it. */
async function beginningOfRun(
  { until }: ContainerOperations,
  before: ContainerRecord,
  signal: AbortSignal,
): Promise<ContainerRecord | undefined> {
  if (before.live === true && before.logStream !== undefined) return before
  // A run that began meanwhile and has ended counts; so does one that failed, which has no output.
  const hasBegun = (record: ContainerRecord | undefined): boolean =>
    record === undefined || (record.runs > before.runs && (record.logStream !== undefined || record.live !== true))
  return await until(before.id, hasBegun, signal)
}

function refuseStdin({ config }: ContainerRecord, isAsked: boolean): void {
  if (!isAsked || config.OpenStdin !== true) return
  throw notOnEcs('--interactive', 'ECS connects no input to a container; start it without, and use docker exec -i')
}
