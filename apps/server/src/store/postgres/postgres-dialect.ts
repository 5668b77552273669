import {
  type ColumnDefinitionNode,
  DataTypeNode,
  type Dialect,
  type Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  type PostgresPool,
  PostgresQueryCompiler,
  RawNode,
  sql,
} from 'kysely'
import type { Database } from '../database.ts'
import type { DatabaseLimits } from '../database-limits.ts'
import type { DatabaseFacts, StoreDialect } from '../store-dialect.ts'
import { StoreUnavailableError } from '../store-unavailable-error.ts'
import { beginPostgresMigration } from './begin-postgres-migration.ts'
import { followPostgresCommits } from './follow-postgres-commits.ts'
import { keepEventOrder, withEventSequence } from './keep-event-order.ts'
import { clientConfig, openPatientPostgresPool, openPostgresPool } from './postgres-pool.ts'
import { parsePostgresUrl } from './postgres-url.ts'

/** PostgreSQL through `pg`. Throws `StoreError` for a URL that is wrong. */
export function postgresStoreDialect(url: string, limits: DatabaseLimits): StoreDialect {
  const target = parsePostgresUrl(url)
  return {
    name: 'postgres',
    description: target.description,
    createDialect: () => dialectOf(() => openPostgresPool(target, limits)),
    createMigrationDialect: () => dialectOf(() => openPatientPostgresPool(target, limits)),
    beginMigration: beginPostgresMigration,
    addSequence: withEventSequence,
    keepEventOrder,
    followCommits: (onCommitted) => followPostgresCommits(clientConfig(target, limits), onCommitted),
    inspect,
  }
}

function dialectOf(openPool: () => PostgresPool): Dialect {
  return {
    createDriver: () => new CarefulPostgresDriver({ pool: async () => openPool() }),
    createAdapter: () => new LockedPostgresAdapter(),
    createQueryCompiler: () => new PlainPostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
  }
}

// Every page that it reads it checks by itself; reading all of them is the work of pg_amcheck.
async function inspect(db: Kysely<Database>): Promise<DatabaseFacts> {
  const { rows } = await sql<{ version: string; size: string }>`
    select current_setting('server_version') as version, pg_database_size(current_database())::text as size
  `.execute(db)
  return { version: `PostgreSQL ${rows[0]?.version}`, sizeBytes: Number(rows[0]?.size ?? 0) }
}

type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0]

class CarefulPostgresDriver extends PostgresDriver {
  // Before the commit was sent nothing has happened, and all can be done again; after it nobody knows.
  override async commitTransaction(connection: Connection): Promise<void> {
    try {
      await super.commitTransaction(connection)
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      throw new StoreUnavailableError({ message: error.message, outcomeUnknown: true, cause: error.cause })
    }
  }

  // It fails on a connection that is dead, which is thrown away then; what had gone wrong before tells more.
  override async rollbackTransaction(connection: Connection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => {})
  }
}

// `beginMigration` has the lock, for its transaction alone: one of a session would outlive a transaction that fails.
class LockedPostgresAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

const COLUMN_TYPES: Readonly<Record<string, string>> = {
  // By bytes, as SQLite compares: an order that depends on the machine's languages would differ from one server to the next.
  text: 'text collate "C"',
  // SQLite's whole numbers have 64 bits.
  integer: 'bigint',
}

class PlainPostgresQueryCompiler extends PostgresQueryCompiler {
  protected override visitColumnDefinition(node: ColumnDefinitionNode): void {
    const type = DataTypeNode.is(node.dataType) ? COLUMN_TYPES[node.dataType.dataType] : undefined
    super.visitColumnDefinition(type === undefined ? node : { ...node, dataType: RawNode.createWithSql(type) })
  }
}
