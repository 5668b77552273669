import { ApiError, type Installation, type WorkerClient } from '@landlord/api-contract'
import type { Logger } from '@landlord/compute-core'
import pRetry from 'p-retry'

const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 5000

/** Waits until the server says which installation this is. Rejects when it refuses the token, and when `signal` is aborted. */
export async function askInstallation(
  client: WorkerClient,
  logger: Logger,
  signal: AbortSignal,
): Promise<Installation> {
  const { body } = await pRetry(() => client.getInstallation({ signal }), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: FIRST_RETRY_MS,
    maxTimeout: LONGEST_RETRY_MS,
    signal,
    // A wrong token stays wrong.
    shouldRetry: ({ error }) => !ApiError.isInstance(error) || error.status >= 500 || error.status === 429,
    onFailedAttempt: ({ error, attemptNumber }) =>
      logger.warn({ err: error, attempt: attemptNumber }, 'the server does not answer yet; trying on'),
  })
  return body
}
