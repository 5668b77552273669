import type { Transaction } from 'kysely'
import type { Database } from './database.ts'

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

/** Starts over while another writer was faster. */
export async function retryWhenStale<Result>(attempt: () => Promise<Result>): Promise<Result> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof StaleTenantError) || count === MAX_ATTEMPTS) throw error
    }
  }
}
