/** Another transaction was in the way (a deadlock, a lock held too long). What was asked for is undone; it starts over. */
export class StoreContentionError extends Error {
  constructor(options: { message: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'StoreContentionError'
  }
}
