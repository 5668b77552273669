import type { ExitReason } from './exit-codes.ts'

export interface CliErrorOptions {
  readonly reason: ExitReason
  readonly message: string
  /** Commands or steps that lead out, one per entry. */
  readonly wayOut?: readonly string[]
  readonly cause?: unknown
}

/** An error that this program found itself; the server's own come as `ApiError`. */
export class CliError extends Error {
  readonly reason: ExitReason
  readonly wayOut: readonly string[]

  constructor({ reason, message, wayOut, cause }: CliErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'CliError'
    this.reason = reason
    this.wayOut = wayOut ?? []
  }
}

/** A mistake on the command line. */
export function usageError(message: string, ...wayOut: string[]): CliError {
  return new CliError({ reason: 'usage', message, wayOut })
}
