/** A session that could not begin, or broke: why. */
export class SessionError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SessionError'
  }
}
