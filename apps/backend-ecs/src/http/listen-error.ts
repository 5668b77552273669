/** The address cannot be listened on: which, and what to do. */
export class ListenError extends Error {
  constructor({ message, cause }: { message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ListenError'
  }
}
