import type { ImageRegistry } from './registry/image-registry.ts'
import type { TerminalProcess } from './sessions/terminal-process.ts'
import type { Account } from './simulation.ts'
import type { TaskRecord, TaskReport, TimedReport, World } from './world.ts'

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
  /** Runs commands in that container of the task; undefined where no real one runs. */
  shell?(task: TaskRecord, container: string): ContainerShell | undefined
  /** Instances were registered in Cloud Map, or taken out: their names are to resolve anew. */
  discover?(): void
  /** The account has been emptied: its tasks are to go. */
  clear?(): void
  /** Takes up the tasks of a saved state, before anything else happens; they were as they are at that time. */
  resume?(tasks: readonly TaskRecord[], savedAt: number): Promise<void>
  close?(): Promise<void>
}

/** Starts a command, given as its words. @throws when it cannot. */
export type ContainerShell = (command: readonly string[]) => Promise<TerminalProcess>

/** What a runtime gets from the emulator. */
export interface RuntimeContext {
  readonly account: Account
  readonly world: () => World
  /** Emulated time, milliseconds. */
  readonly now: () => number
  /** To be called when something happens, never while the runtime is being asked. */
  readonly report: (taskArn: string, report: TaskReport) => void
  /** For tasks that have a script. */
  readonly simulated: TaskRuntime
  /** What the execution role of every task may pull from. */
  readonly registry: Pick<ImageRegistry, 'endpoint' | 'password'>
}
