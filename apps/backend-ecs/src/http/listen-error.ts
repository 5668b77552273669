/** Settings that would let others in unguarded. */
export class UnguardedAddressError extends Error {
  constructor({ message }: { message: string }) {
    super(message)
    this.name = 'UnguardedAddressError'
  }
}

/** The address cannot be listened on: which, and what to do. */
export class ListenError extends Error {
  constructor({ message, cause }: { message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ListenError'
  }
}
