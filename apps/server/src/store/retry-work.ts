import { setTimeout } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import type { Database } from './database.ts'
import { StoreContentionError } from './store-contention-error.ts'
import { StoreUnavailableError } from './store-unavailable-error.ts'

export type Work<Result> = (transaction: Transaction<Database>) => Promise<Result>

/** A tenant changed between being read and being written. The transaction starts over. */
export class StaleTenantError extends Error {
  constructor(tenantId: string) {
    super(`tenant ${tenantId} was changed by another writer`)
    this.name = 'StaleTenantError'
  }
}

// One of the contenders always wins, so this many losses in a row mean that something else is wrong.
const MAX_ATTEMPTS = 20
/** Two that were in each other's way must not meet again at once. */
const MAX_CONTENTION_PAUSE_MS = 50
/** A database that restarts is back by then, and a client has not lost its patience. */
const MAX_OUTAGE_MS = 3_000
const OUTAGE_PAUSE_MS = 100

/**
 * Starts over while another writer was faster or in the way, and for a while when the connection broke before the commit
 * was sent. What may have been committed is never repeated.
 */
export async function retryWork<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + MAX_OUTAGE_MS
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof StoreUnavailableError) {
        if (error.outcomeUnknown || performance.now() > giveUpAt) throw error
        await setTimeout(OUTAGE_PAUSE_MS)
        continue
      }
      const isContention = error instanceof StoreContentionError
      if (!(isContention || error instanceof StaleTenantError) || count >= MAX_ATTEMPTS) throw error
      if (isContention) await setTimeout(Math.random() * MAX_CONTENTION_PAUSE_MS)
    }
  }
}
