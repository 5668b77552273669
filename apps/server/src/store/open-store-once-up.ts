import pRetry from 'p-retry'
import type { Logger } from 'pino'
import type { DatabaseLimits } from './database-limits.ts'
import { openStore, type Store } from './open-store.ts'
import { StoreUnavailableError } from './store-unavailable-error.ts'

const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 2_000

export interface StorePatience {
  /** How long to try on; 0 is once. */
  readonly seconds: number
  readonly logger: Logger
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined
}

/**
 * As `openStore`, and waits for a database that is away just now: whoever starts everything at once need not care about the order,
 * and a server that starts again while PostgreSQL fails over comes up after it. What no waiting mends is told at once.
 */
export async function openStoreOnceUp(url: string, limits: DatabaseLimits, patience: StorePatience): Promise<Store> {
  const { seconds, logger, signal } = patience
  return await pRetry(() => openStore(url, limits), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: FIRST_PAUSE_MS,
    maxTimeout: LONGEST_PAUSE_MS,
    maxRetryTime: seconds * 1000,
    ...(signal === undefined ? {} : { signal }),
    shouldRetry: ({ error }) => error.cause instanceof StoreUnavailableError,
    onFailedAttempt({ error, attemptNumber }) {
      if (!(error.cause instanceof StoreUnavailableError)) return
      logger.warn({ reason: error.message, attempt: attemptNumber }, 'the database is away')
    },
  })
}
