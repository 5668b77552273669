import type { TaskRecord, TaskReport, TimedReport } from './world.ts'

/**
 * What runs tasks. The emulator turns its reports into statuses, timestamps, failures and replacements. Reports whose time is
 * known are announced: each answer of `start`, `stop` and `release` replaces what was announced before for that task. What
 * happens when it happens is pushed through `Simulation.report`.
 */
export interface TaskRuntime {
  /** The task was accepted at that time (milliseconds). Ends with its settling, its exit, or nothing more. */
  start(task: TaskRecord, at: number): readonly TimedReport[]
  /** The task was asked to stop. Ends with `stopped`. */
  stop(task: TaskRecord, at: number, stopTimeoutSeconds: number): readonly TimedReport[]
  /** What is left to do after a task's own end, until `stopped`. */
  release(task: TaskRecord, at: number): readonly TimedReport[]
  /** A report has been applied: what follows from it, in addition to what is announced. */
  follow?(task: TaskRecord, report: TaskReport, at: number): readonly TimedReport[]
  /** The address of the interface with that number (from 1), private and public; default: invented ones. */
  address?(number: number): string
  /** Tasks that a saved state brings back, before anything else happens. */
  resume?(tasks: readonly TaskRecord[]): void
  /** The account has been emptied. */
  clear?(): void
}
