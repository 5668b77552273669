import type { LandlordSettings } from '@landlord/settings'

/** How much of a shared database one server takes, and how long it waits for it. SQLite has no use for them. */
export interface DatabaseLimits {
  /** Connections at most. */
  readonly poolSize: number
  readonly connectTimeoutSeconds: number
  readonly statementTimeoutSeconds: number
  readonly lockTimeoutSeconds: number
  readonly idleInTransactionTimeoutSeconds: number
}

export function toDatabaseLimits(database: LandlordSettings['database']): DatabaseLimits {
  return {
    poolSize: database.pool_size,
    connectTimeoutSeconds: database.connect_timeout_seconds,
    statementTimeoutSeconds: database.statement_timeout_seconds,
    lockTimeoutSeconds: database.lock_timeout_seconds,
    idleInTransactionTimeoutSeconds: database.idle_in_transaction_timeout_seconds,
  }
}
