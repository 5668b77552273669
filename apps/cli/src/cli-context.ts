import type { Terminal } from './terminal.ts'

/** All that the commands know of the process they run in. */
export interface CliContext {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly homeDirectory: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Calls `listener` at each Ctrl-C or SIGTERM, in place of the process's end. Answers how to stop listening. */
  readonly onInterrupt: (listener: (signal: NodeJS.Signals) => void) => () => void
}
