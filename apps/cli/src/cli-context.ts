import type { Terminal } from './terminal.ts'

/** All that the commands know of the process they run in. */
export interface CliContext {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly homeDirectory: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls `listener` at each Ctrl-C, SIGTERM or SIGHUP, in place of the process's end. Answers how to stop listening. */
  readonly onInterrupt: (listener: (signal: NodeJS.Signals) => void) => () => void
  /** Ends the process at once. */
  readonly exit: (code: number) => never
}
