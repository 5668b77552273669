import type { TaskRecord, TimedReport } from './world.ts'

/**
 * What runs tasks. It says when a task will report what; the emulator turns reports into statuses, timestamps, failures and
 * replacements. Each answer replaces what the runtime announced before for that task.
 */
export interface TaskRuntime {
  /** The task was accepted at that time (milliseconds). Ends with its settling, its exit, or nothing more. */
  start(task: TaskRecord, at: number): readonly TimedReport[]
  /** The task was asked to stop. Ends with `stopped`. */
  stop(task: TaskRecord, at: number, stopTimeoutSeconds: number): readonly TimedReport[]
  /** What is left to do after a task's own end, until `stopped`. */
  release(task: TaskRecord, at: number): readonly TimedReport[]
}
