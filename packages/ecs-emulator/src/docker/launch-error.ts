/** Why a task cannot start, in the words of its `stoppedReason`. */
export class LaunchError extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause })
    this.name = 'LaunchError'
  }
}

/** The engine's answer as AWS quotes it, behind the name of what failed. */
export function fromEngine(name: string, error: unknown): LaunchError {
  return new LaunchError(`${name}: Error response from daemon: ${engineMessage(error)}`, error)
}

function engineMessage(error: unknown): string {
  const body = typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined
  if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message)
  return error instanceof Error ? error.message : String(error)
}

export const statusOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
