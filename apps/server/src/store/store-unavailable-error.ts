/** The database does not answer, or refused for a reason that passes: the same again may succeed. */
export class StoreUnavailableError extends Error {
  /** Whether the answer to a commit was lost: what was asked for may have been done all the same. */
  readonly outcomeUnknown: boolean

  constructor(options: { message: string; outcomeUnknown?: boolean; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StoreUnavailableError'
    this.outcomeUnknown = options.outcomeUnknown ?? false
  }
}
