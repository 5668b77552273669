import type { TaskRuntime } from './task-runtime.ts'
import {
  CONNECTED_AFTER_S,
  EXIT_AFTER_SIGTERM_S,
  HEALTHY_AFTER_START_S,
  PULL_FAILED_AFTER_S,
  PULL_STARTED_AFTER_S,
  PULL_STOPPED_BEFORE_START_S,
  RELEASED_AFTER_STOP_S,
  RELEASED_WITHOUT_INTERFACE_S,
  SETTLED_AFTER_START_S,
  STARTED_AFTER_S,
} from './timings.ts'
import type { TaskRecord, TaskReport, TimedReport } from './world.ts'

export interface SimulatedRuntimeSettings {
  /** Whether the task's definition has a container health check. */
  readonly hasHealthCheck: (task: TaskRecord) => boolean
}

/** Runs nothing: each task does what its script says, at the times that were captured from real tasks. */
export function createSimulatedRuntime({ hasHealthCheck }: SimulatedRuntimeSettings): TaskRuntime {
  const releaseAfter = (task: TaskRecord): number =>
    task.network === undefined ? RELEASED_WITHOUT_INTERFACE_S : RELEASED_AFTER_STOP_S

  return {
    start: (task, at) =>
      timeline(task, hasHealthCheck(task)).map(([seconds, report]) => inSeconds(at, seconds, report)),
    stop: (task, at, stopTimeoutSeconds) => {
      const { behaviour } = task
      const killed = behaviour.kind === 'run' && behaviour.ignoresSigterm === true
      const exitAfter = killed ? stopTimeoutSeconds : EXIT_AFTER_SIGTERM_S
      const stopped = inSeconds(at, exitAfter - EXIT_AFTER_SIGTERM_S + releaseAfter(task), { kind: 'stopped' })
      if (task.startedAt === undefined) return [stopped]
      return [inSeconds(at, exitAfter, { kind: 'exited', exitCode: killed ? 137 : 0 }), stopped]
    },
    release: (task, at) => [inSeconds(at, releaseAfter(task), { kind: 'stopped' })],
  }
}

type Step = readonly [seconds: number, report: TaskReport]

function timeline({ behaviour }: TaskRecord, hasHealthCheck: boolean): Step[] {
  const preparing: Step[] = [
    [CONNECTED_AFTER_S, { kind: 'attached' }],
    [PULL_STARTED_AFTER_S, { kind: 'pull_started' }],
  ]
  switch (behaviour.kind) {
    case 'no_capacity':
      return []
    case 'pull_failure': {
      const reason =
        behaviour.reason ?? 'CannotPullContainerError: pull image manifest has been retried 5 time(s): not found'
      return [...preparing, [PULL_FAILED_AFTER_S, { kind: 'failed_to_start', reason }]]
    }
    case 'fail_to_start':
      return [...preparing, [PULL_FAILED_AFTER_S, { kind: 'failed_to_start', reason: behaviour.reason }]]
    case 'run': {
      const start = Math.max(behaviour.startSeconds ?? STARTED_AFTER_S, PULL_STARTED_AFTER_S)
      return [...preparing, ...starting(start), ...settling(start, hasHealthCheck)]
    }
    case 'unhealthy':
      return [
        ...preparing,
        ...starting(STARTED_AFTER_S),
        [STARTED_AFTER_S + behaviour.afterSeconds, { kind: 'health', status: 'UNHEALTHY' }],
      ]
    case 'exit': {
      const { afterSeconds, exitCode, reason } = behaviour
      const exit: Step = [
        STARTED_AFTER_S + afterSeconds,
        { kind: 'exited', exitCode, ...(reason === undefined ? {} : { reason }) },
      ]
      const settled = settling(STARTED_AFTER_S, hasHealthCheck).filter(([seconds]) => seconds < exit[0])
      return [...preparing, ...starting(STARTED_AFTER_S), ...settled, exit]
    }
  }
}

const starting = (start: number): Step[] => [
  [Math.max(start - PULL_STOPPED_BEFORE_START_S, PULL_STARTED_AFTER_S), { kind: 'pull_stopped' }],
  [start, { kind: 'started' }],
]

function settling(start: number, hasHealthCheck: boolean): Step[] {
  if (!hasHealthCheck) return [[start + SETTLED_AFTER_START_S, { kind: 'settled' }]]
  const healthy = start + HEALTHY_AFTER_START_S
  return [
    [healthy, { kind: 'health', status: 'HEALTHY' }],
    [healthy + SETTLED_AFTER_START_S, { kind: 'settled' }],
  ]
}

const inSeconds = (at: number, seconds: number, report: TaskReport): TimedReport => ({
  at: at + seconds * 1000,
  report,
})
