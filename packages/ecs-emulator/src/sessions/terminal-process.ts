import type { Readable } from 'node:stream'

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

/** A command that runs in a container, on a terminal of its own. */
export interface TerminalProcess {
  /** All that the terminal shows. Ends with the command. */
  readonly output: Readable
  write(input: Buffer): void
  /** Input that is written later finds the new size. */
  resize(size: TerminalSize): void
  /** Ends the command and what it has started. Resolves once they are gone, as far as the container lets them be found. */
  kill(): Promise<void>
}

/** Starts the command of one session. @throws when it cannot be started, with what the user is to read. */
export type StartCommand = () => Promise<TerminalProcess>
