const brand = Symbol.for('landlord.connection-error')

/** The server did not answer, or answered something that is not ours. Nothing is known about the request. */
export class ConnectionError extends Error {
  readonly url: string
  /** @internal */
  readonly [brand] = true

  constructor(options: { message: string; url: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ConnectionError'
    this.url = options.url
  }

  static isInstance(value: unknown): value is ConnectionError {
    return value instanceof Error && (value as { [brand]?: unknown })[brand] === true
  }
}
