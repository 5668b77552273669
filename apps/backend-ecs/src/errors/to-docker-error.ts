import { DockerError } from './docker-error.ts'

/** Whatever was thrown, as what the client is told. What nobody foresaw says no more than that. */
export function toDockerError(error: unknown): DockerError {
  if (error instanceof DockerError) return error
  const { statusCode, message } = error as { statusCode?: unknown; message?: unknown }
  // The HTTP framework's own: a body that is no JSON, too large, of another type.
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500) {
    return new DockerError({ status: statusCode, message: String(message), cause: error })
  }
  return new DockerError({
    status: 500,
    message: 'internal error of backend-ecs; its log has the details',
    cause: error,
  })
}
