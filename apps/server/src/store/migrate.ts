import { type Kysely, sql, type Transaction } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from './database.ts'
import { access } from './migrations/access.ts'
import { adoption } from './migrations/adoption.ts'
import { drift } from './migrations/drift.ts'
import { events } from './migrations/events.ts'
import { initial } from './migrations/initial.ts'
import { lifecycle } from './migrations/lifecycle.ts'
import { operationTraces } from './migrations/operation-traces.ts'
import { orphans } from './migrations/orphans.ts'
import { plansAndSecrets } from './migrations/plans-and-secrets.ts'
import { workers } from './migrations/workers.ts'
import type { StoreDialect } from './store-dialect.ts'
import { StoreError } from './store-error.ts'
import { StoreUnavailableError } from './store-unavailable-error.ts'

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
    '0008b_adoption': adoption,
    '0009_drift': drift,
    '0010_workers': workers,
  }
}

/**
 * The end of the name of a migration after which older versions cannot work with the database. Every other one only adds: during
 * a rolling upgrade, an older server starts and writes beside newer ones.
 */
const BREAKING = '_breaking'

/**
 * Brings the database to this version's tables, while other servers that start wait. Throws `StoreError` when a newer version
 * has broken with this one, and when a migration fails; the database is then as it was before.
 */
export async function migrate(db: Kysely<Database>, dialect: StoreDialect): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const schema = await dialect.beginMigration(tx)
    const known = migrations(dialect)
    const unknown = (await executedMigrations(tx, schema)).filter((name) => !(name in known))
    refuseBroken(unknown, Object.keys(known))
    const migrator = new Migrator({
      db: tx,
      ...(schema === undefined ? {} : { migrationTableSchema: schema }),
      // What newer versions added stays, and what they left out of the order by running first is made up for.
      provider: {
        getMigrations: async () => ({ ...known, ...Object.fromEntries(unknown.map((name) => [name, ADDED])) }),
      },
      allowUnorderedMigrations: true,
    })
    const { error } = await migrator.migrateToLatest()
    if (error !== undefined) throw toStoreError(error)
  })
}

export interface MigrationState {
  /** In order. */
  readonly applied: readonly string[]
  /** This version's own. */
  readonly known: readonly string[]
}

/** What was done to the database, which another server may have migrated, or a person replaced, since this one started. */
export async function readMigrations(db: Kysely<Database>, dialect: StoreDialect): Promise<MigrationState> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return { applied: rows.map(({ name }) => name), known: Object.keys(migrations(dialect)) }
}

const ADDED: Migration = { up: async () => {} }

function toStoreError(error: unknown): Error {
  if (error instanceof StoreUnavailableError) return error
  const reason = error instanceof Error ? error.message : String(error)
  return new StoreError({ message: `the database could not be brought up to date: ${reason}`, cause: error })
}

async function executedMigrations(tx: Transaction<Database>, schema: string | undefined): Promise<string[]> {
  const tables = await tx.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some((table) => table.name === 'kysely_migration' && table.schema === schema)) return []
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(tx)
  return rows.map((row) => row.name)
}

function refuseBroken(unknown: readonly string[], known: readonly string[]): void {
  const breaking = unknown.filter((name) => name.endsWith(BREAKING))
  if (breaking.length === 0) return
  throw new StoreError({
    message: `the database was changed by a newer version of Landlord in a way that this version cannot work with (it has ${breaking.join(', ')}; this version knows up to ${known.at(-1)}). Start the newer version, or restore a backup from before the upgrade`,
  })
}
