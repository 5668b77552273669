import type { ManualClock } from './clock.ts'
import { ECS_OPERATIONS } from './ecs-operations.ts'
import type { Emulator } from './emulator.ts'
import type { Fault } from './faults.ts'
import type { Quirks } from './quirks.ts'
import type { TaskScript } from './task-behaviour.ts'

export interface EmulatorCounters {
  /** Calls by operation, refused ones included; those to neighbours in JSON under their whole target. */
  readonly calls: Record<string, number>
  /** Of these, refused by the account's request rates. */
  readonly throttled: Record<string, number>
}

/** What a test may do to the emulated account from outside. */
export interface EmulatorControl {
  /** How the tasks that start from now on behave. */
  scriptTasks(script: TaskScript): void
  injectFault(fault: Fault): void
  /** Applies AWS's published request rates, or stops applying them. Buckets start full. */
  setThrottling(enabled: boolean): void
  /**
   * Every read of ECS is answered from the state of so many emulated seconds ago, and UpdateService and DeleteService do not find
   * a service that is younger than that; 0 ends it. @throws TypeError for a negative number.
   */
  setConsistencyLag(lag: { readonly seconds: number }): void
  /** Makes the emulator wrong on purpose; what is left out is right again. */
  setQuirks(quirks: Quirks): void
  /** The health of a running task as its next health check finds it. @throws TypeError for a task that does not run. */
  setTaskHealth(taskArn: string, status: 'HEALTHY' | 'UNHEALTHY'): void
  /** Moves a manual clock on. @throws TypeError with another clock. */
  advanceClock(seconds: number): void
  /** Ends scripts and faults; the account's content stays. */
  clearScripts(): void
  /** An empty account, no scripts, no faults, no throttling, no lag, no quirks, counters at zero. */
  reset(): void
  resetCounters(): void
  counters(): EmulatorCounters
  /** Emulated time, milliseconds since 1970. */
  now(): number
}

export function createControl(emulator: Emulator): EmulatorControl {
  const { clock, scripts, faults, buckets, calls, throttled } = emulator
  // The simulation moves when somebody looks: what has happened by now must happen by the rules of then.
  const settlePast = (): void => void emulator.simulation()
  return {
    scriptTasks: (script) => {
      settlePast()
      scripts.add(script)
    },
    injectFault(fault) {
      const { operation } = fault
      if (fault.fault.kind === 'stale' && operation !== '*' && !ECS_OPERATIONS.has(operation))
        throw new TypeError(`stale is for operations of ECS, and ${operation} is none that is emulated.`)
      faults.inject(fault, emulator.simulation().world)
    },
    setThrottling: (enabled) => {
      buckets.clear()
      buckets.enabled = enabled
    },
    setConsistencyLag: ({ seconds }) => {
      emulator.lag.start(seconds, emulator.simulation().world)
    },
    setQuirks: (quirks) => {
      settlePast()
      emulator.quirks = { ...quirks }
    },
    setTaskHealth: (taskArn, status) => {
      const simulation = emulator.simulation()
      const task = simulation.world.tasks[taskArn]
      if (task?.lastStatus !== 'RUNNING') throw new TypeError(`No running task has the ARN ${taskArn}.`)
      task.pending.unshift({ at: simulation.now(), report: { kind: 'health', status } })
      simulation.wake({ at: simulation.now(), kind: 'task', arn: taskArn })
    },
    advanceClock: (seconds) => {
      if (!isManual(clock)) throw new TypeError('Only a manual clock can be advanced; this emulator runs in real time.')
      clock.advance(seconds * 1000)
    },
    clearScripts: () => {
      settlePast()
      scripts.clear()
      faults.clear()
    },
    reset: () => emulator.reset(),
    resetCounters: () => {
      calls.clear()
      throttled.clear()
    },
    counters: () => ({ calls: Object.fromEntries(calls), throttled: Object.fromEntries(throttled) }),
    now: () => clock.now(),
  }
}

const isManual = (clock: Emulator['clock']): clock is ManualClock => 'advance' in clock
