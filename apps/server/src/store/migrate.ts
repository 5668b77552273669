import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from './database.ts'
import { access } from './migrations/access.ts'
import { drift } from './migrations/drift.ts'
import { events } from './migrations/events.ts'
import { initial } from './migrations/initial.ts'
import { lifecycle } from './migrations/lifecycle.ts'
import { operationTraces } from './migrations/operation-traces.ts'
import { orphans } from './migrations/orphans.ts'
import { plansAndSecrets } from './migrations/plans-and-secrets.ts'
import type { StoreDialect } from './store-dialect.ts'
import { StoreError } from './store-error.ts'

/** In order of their names; only ever added to. */
function migrations(dialect: StoreDialect): Record<string, Migration> {
  return {
    '0001_initial': initial(dialect),
    '0003_access': access,
    '0004_lifecycle': lifecycle,
    '0005_plans_and_secrets': plansAndSecrets,
    '0006_events': events,
    '0007_operation_traces': operationTraces,
    '0008_orphans': orphans,
    '0009_drift': drift,
  }
}

/**
 * Brings the database to this version's tables. Throws `StoreError` when the database is newer than the code, and when a
 * migration fails; it is then as it was before.
 */
export async function migrate(db: Kysely<Database>, dialect: StoreDialect): Promise<void> {
  const known = migrations(dialect)
  await refuseNewer(db, Object.keys(known))
  const migrator = new Migrator({ db, provider: { getMigrations: async () => known } })
  const { error } = await migrator.migrateToLatest()
  if (error === undefined) return
  throw new StoreError({
    message: `the database could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  })
}

async function refuseNewer(db: Kysely<Database>, known: readonly string[]): Promise<void> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration')) return
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  const unknown = rows.map((row) => row.name).filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new StoreError({
    message: `the database was written by a newer version of Landlord (it has ${unknown.join(', ')}; this version knows up to ${known.at(-1)}). Start the newer version, or restore a backup from before the upgrade`,
  })
}
