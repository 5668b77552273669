import {
  CompiledQuery,
  type DatabaseConnection,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { openSqliteDatabase } from './sqlite-database.ts'
import type { StoreDialect } from './store-dialect.ts'

/** SQLite through `node:sqlite`. Kysely queues everything on the one connection, so transactions never interleave. */
export function sqliteStoreDialect(path: string): StoreDialect {
  return {
    name: 'sqlite',
    createDialect: () => ({
      createDriver: () => new ImmediateSqliteDriver({ database: async () => openSqliteDatabase(path) }),
      createAdapter: () => new TransactionalSqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    }),
    addSequence: (table, column) => table.addColumn(column, 'integer', (to) => to.primaryKey().autoIncrement()),
  }
}

// A transaction that reads before it writes cannot wait for another process: SQLite fails it at once (SQLITE_BUSY_SNAPSHOT,
// https://www.sqlite.org/lang_transaction.html). Taking the write lock at the start makes it wait instead.
class ImmediateSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

// SQLite can undo DDL, so a migration that dies half-way leaves nothing behind.
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
