/** Something that the contract promises did not hold, or the harness lacks what the manifest calls for. */
export class ConformanceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConformanceError'
  }
}
