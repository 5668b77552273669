import { sql, type Transaction } from 'kysely'
import type { Database } from '../database.ts'
import { StoreError } from '../store-error.ts'

/** The oldest that PostgreSQL's makers still look after. */
const OLDEST_POSTGRES_MAJOR = 14

/** Any number that no other program takes for its advisory locks. */
const MIGRATION_LOCK = 7_203_648_150_113

/** Waits for other servers that migrate. Returns the schema that tables are made in. Throws `StoreError` when there is none, or for an old server. */
export async function beginPostgresMigration(tx: Transaction<Database>): Promise<string> {
  const { rows } = await sql<{ version: string; schema: string | null }>`
    select current_setting('server_version') as version, current_schema() as schema`.execute(tx)
  const { version = '', schema = null } = rows[0] ?? {}
  refuseOldPostgres(version)
  if (schema === null) {
    throw new StoreError({
      message:
        'the database has no schema for its tables; create one, e.g. "create schema public", or set the search_path of the user',
    })
  }
  // A new index on a large table takes longer than any request may.
  await sql`select set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true)`.execute(tx)
  await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(tx)
  return schema
}

/** `version` as the server reports it, e.g. `18.1 (Debian 18.1-1)`. */
export function refuseOldPostgres(version: string): void {
  const major = Number.parseInt(version, 10)
  if (major >= OLDEST_POSTGRES_MAJOR) return
  throw new StoreError({
    message: `the database runs PostgreSQL ${version}, and Landlord needs ${OLDEST_POSTGRES_MAJOR} or newer; upgrade the database server`,
  })
}
