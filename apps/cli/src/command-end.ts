import type { ExitReason } from './exit-codes.ts'

/** Thrown where a command has done what it was asked for, and its exit code tells something all the same. */
export class CommandEnd extends Error {
  readonly reason: ExitReason

  constructor(reason: ExitReason) {
    super(`the command ended with ${reason}`)
    this.name = 'CommandEnd'
    this.reason = reason
  }
}
