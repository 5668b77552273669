import type { ComputeHealth, ComputeState } from '@landlord/compute-core'
import { CONTAINER_LABELS } from './container-labels.ts'
import type { Container } from './read-tenant.ts'

/** Restarts within one run of bad luck after which a container counts as failed; the engine goes on trying. */
const CRASH_LOOP_RESTARTS = 3
/** Docker forgets its back-off after a run of 10 s: so long makes up for earlier crashes. */
const RECOVERED_AFTER_MS = 10_000
const KILLED = 137
const OOM_NEWS_MS = 1_000
/** As shells and init processes say "not executable" and "not found". */
const NOT_EXECUTABLE = new Set([126, 127])

export interface Assessment {
  readonly state: ComputeState
  readonly health: ComputeHealth
  readonly settled: boolean
  readonly reason?: string
  readonly idle?: 'finished'
  readonly message?: string
}

export interface AssessmentClock {
  /** The engine's, not ours. */
  readonly now: Date
  readonly stableAfterMs: number
}

/** What a container's state means. Pure. */
export function assessContainer(container: Container, clock: AssessmentClock): Assessment {
  const { State } = container
  switch (State.Status) {
    case 'created':
      if (State.Error) return failed('start_failed', `it could not be started: ${State.Error}`)
      return createdSuspended(container)
        ? { state: 'stopped', health: 'none', settled: true, message: 'suspended' }
        : { state: 'starting', health: 'starting', settled: false, message: 'created, not started yet' }
    case 'running':
      return assessRunning(container, clock)
    case 'restarting':
      return container.RestartCount >= CRASH_LOOP_RESTARTS
        ? crashLoop(container)
        : { state: 'starting', health: 'starting', settled: false, message: `restarting after ${exitOf(container)}` }
    case 'paused':
      return { state: 'stopped', health: 'unknown', settled: true, message: 'paused outside Landlord' }
    case 'removing':
      return { state: 'stopping', health: 'unknown', settled: false, message: 'being removed' }
    case 'exited':
      return { ...assessExited(container), settled: !mayHaveRunOutOfMemory(container, clock) }
    case 'dead':
      return failed('dead', 'the engine could not remove it completely; see the engine’s log')
    default:
      return { state: 'unknown', health: 'unknown', settled: false, message: `the engine says "${State.Status}"` }
  }
}

/** The same for a container that is to take over from another: what stopped has failed, unless it was a job that is done. */
export function assessReplacement(container: Container, clock: AssessmentClock): Assessment {
  const assessment = assessContainer(container, clock)
  if (container.State.Status !== 'exited') return assessment
  if (healthOf(container) === 'unhealthy') return unhealthy(container)
  if (container.RestartCount >= CRASH_LOOP_RESTARTS) return crashLoop(container)
  const done = container.State.ExitCode === 0 && !restartsAlways(container)
  return done || assessment.state === 'failed' ? assessment : failed('exited', `it stopped: ${exitOf(container)}`)
}

export function healthOf(container: Container): ComputeHealth {
  switch (container.State.Health?.Status) {
    case undefined:
    case 'none':
    case '':
      return 'none'
    case 'starting':
    case 'healthy':
    case 'unhealthy':
      return container.State.Health.Status
    default:
      return 'unknown'
  }
}

function assessRunning(container: Container, { now, stableAfterMs }: AssessmentClock): Assessment {
  const health = healthOf(container)
  if (health === 'unhealthy') return unhealthy(container)
  const uptimeMs = now.getTime() - Date.parse(container.State.StartedAt)
  if (container.RestartCount >= CRASH_LOOP_RESTARTS && uptimeMs < RECOVERED_AFTER_MS && health !== 'healthy')
    return crashLoop(container)
  if (health === 'starting')
    return { state: 'starting', health, settled: false, message: 'waiting for the health check' }
  if (health === 'none' && uptimeMs < stableAfterMs)
    return { state: 'starting', health, settled: false, message: 'started, waiting whether it stays up' }
  return { state: 'running', health, settled: true }
}

function assessExited(container: Container): Assessment {
  const { State } = container
  if (State.OOMKilled && State.ExitCode === KILLED) return outOfMemory()
  if (State.Error && State.ExitCode !== 0) return failed('start_failed', `it could not be started: ${State.Error}`)
  if (restartsAlways(container))
    return { state: 'stopped', health: 'none', settled: true, message: `stopped (${exitOf(container)})` }
  if (State.ExitCode === 0)
    return { state: 'stopped', health: 'none', settled: true, idle: 'finished', message: 'finished with exit code 0' }
  return container.RestartCount > 0 ? crashLoop(container) : failed('exited', `it ended with ${exitOf(container)}`)
}

/** A busy engine hears of the end of a container before it hears that the kernel ran out of memory for it. */
function mayHaveRunOutOfMemory(container: Container, { now }: AssessmentClock): boolean {
  return isKilledUnexplained(container) && now.getTime() - Date.parse(container.State.FinishedAt) < OOM_NEWS_MS
}

function isKilledUnexplained({ State, HostConfig }: Container): boolean {
  return State.ExitCode === KILLED && !State.OOMKilled && (HostConfig.Memory ?? 0) > 0
}

/** It was made for a suspended tenant and is not meant to run yet. */
export function createdSuspended(container: Container): boolean {
  return container.State.Status === 'created' && container.Config.Labels[CONTAINER_LABELS.suspended] === 'true'
}

/** Such a container never stays down by itself: somebody stopped it. */
export function restartsAlways(container: Container): boolean {
  return ['always', 'unless-stopped'].includes(container.HostConfig.RestartPolicy?.Name ?? '')
}

function crashLoop(container: Container): Assessment {
  if (container.State.OOMKilled && container.State.ExitCode === KILLED) return outOfMemory()
  if (NOT_EXECUTABLE.has(container.State.ExitCode))
    return failed('command_failed', `its command cannot be run (${exitOf(container)}); check command and args`)
  return failed('crash_loop', `it ended ${container.RestartCount} times, last with ${exitOf(container)}`)
}

function outOfMemory(): Assessment {
  return failed('out_of_memory', 'it was killed for using more memory than resources.memory allows; raise the limit')
}

function unhealthy(container: Container): Assessment {
  const streak = container.State.Health?.FailingStreak ?? 0
  return { ...failed('unhealthy', `its health check failed ${streak} times in a row`), health: 'unhealthy' }
}

function failed(reason: string, message: string): Assessment {
  return { state: 'failed', health: 'none', settled: true, reason, message }
}

function exitOf(container: Container): string {
  const exit = `exit code ${container.State.ExitCode}`
  // An engine that heard of the end first may never say that memory was the cause.
  return isKilledUnexplained(container)
    ? `${exit}: somebody killed it, or it used more memory than resources.memory allows`
    : exit
}
