import { setTimeout } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Kysely,
  type QueryResult,
  type SelectModifierNode,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
  type TransactionSettings,
} from 'kysely'
import type { Database } from './database.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { checkSqliteFile } from './sqlite-file-check.ts'
import type { DatabaseFacts, StoreDialect } from './store-dialect.ts'

/** SQLite through `node:sqlite`. Kysely queues everything on the one connection, so transactions never interleave. */
export function sqliteStoreDialect(path: string): StoreDialect {
  return {
    name: 'sqlite',
    description: `sqlite:${path}`,
    createDialect: () => ({
      createDriver: () => new ImmediateSqliteDriver({ database: async () => openSqliteDatabase(path) }),
      createAdapter: () => new TransactionalSqliteAdapter(),
      createQueryCompiler: () => new LocklessSqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    }),
    addSequence: (table, column) => table.addColumn(column, 'integer', (to) => to.primaryKey().autoIncrement()),
    // One transaction writes at a time, from its first statement on: migrations exclude each other, and numbers appear in order.
    beginMigration: async () => undefined,
    keepEventOrder: async () => {},
    inspect: (db, deep) => inspect(db, deep ? path : undefined),
  }
}

async function inspect(db: Kysely<Database>, fileToRead: string | undefined): Promise<DatabaseFacts> {
  const { rows } = await sql<{ version: string; size: number }>`
    select sqlite_version() as version, page_count * page_size as size from pragma_page_count, pragma_page_size
  `.execute(db)
  const facts = { version: `SQLite ${rows[0]?.version}`, sizeBytes: Number(rows[0]?.size ?? 0) }
  return fileToRead === undefined ? facts : { ...facts, problems: await checkSqliteFile(fileToRead) }
}

class ImmediateSqliteDriver extends SqliteDriver {
  #patient: DatabaseConnection | undefined

  override async acquireConnection(): Promise<DatabaseConnection> {
    this.#patient ??= patient(await super.acquireConnection())
    return this.#patient
  }

  // A transaction that reads before it writes cannot wait for another process: SQLite fails it at once (SQLITE_BUSY_SNAPSHOT,
  // https://www.sqlite.org/lang_transaction.html). Taking the write lock at the start makes it wait instead.
  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(settings?.accessMode === 'read only' ? 'begin' : 'begin immediate'))
  }
}

const SQLITE_BUSY = 5
/** The rest of a result code says which kind of busy: https://www.sqlite.org/rescode.html */
const PRIMARY_CODE = 0xff
const BUSY_RETRY_MS = 5
/** No transaction of ours takes longer; beyond this something else holds the file. */
const MAX_BUSY_MS = 30_000

/** Repeats what another process's write kept from starting, without holding up the rest of this process. */
function patient(connection: DatabaseConnection): DatabaseConnection {
  return {
    async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
      const giveUpAt = performance.now() + MAX_BUSY_MS
      for (;;) {
        try {
          return await connection.executeQuery<Row>(query)
        } catch (error) {
          if (!isBusy(error) || performance.now() > giveUpAt) throw error
          await setTimeout(BUSY_RETRY_MS)
        }
      }
    },
    streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & PRIMARY_CODE) === SQLITE_BUSY
}

// A transaction that writes has the whole database for itself: there are no rows to lock, and no words for it.
class LocklessSqliteQueryCompiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier !== 'ForUpdate') super.visitSelectModifier(node)
  }
}

// SQLite can undo DDL, so a migration that dies half-way leaves nothing behind.
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
