/** The database cannot be used as it is. The message says what to do. */
export class StoreError extends Error {
  constructor(options: { message: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StoreError'
  }
}
