import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** How long opening waits for another process. */
const OPEN_TIMEOUT_MS = 5_000
/** How long one attempt waits for another process that writes. It blocks this one meanwhile, so the caller repeats instead. */
const BUSY_TIMEOUT_MS = 20
/** Kysely writes a handful of distinct statements; lists of values make the rest. */
const MAX_CACHED_STATEMENTS = 300

/**
 * `node:sqlite` in the shape that Kysely's SQLite dialect asks for. Write-ahead log with a full sync on every commit:
 * what was answered survives a power cut.
 */
export function openSqliteDatabase(path: string): SqliteDatabase {
  const database = new DatabaseSync(path, { timeout: OPEN_TIMEOUT_MS, enableForeignKeyConstraints: true })
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32768')
  database.exec(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`)
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const cached = statements.get(sql)
      if (cached !== undefined) return cached
      if (statements.size >= MAX_CACHED_STATEMENTS) statements.clear()
      const statement = toKyselyStatement(database.prepare(sql))
      // A schema change would leave the answer to "does it return rows" stale; begin, commit and DDL are not worth keeping.
      if (/^(select|insert|update|delete|with) /i.test(sql)) statements.set(sql, statement)
      return statement
    },
  }
}

function toKyselyStatement(statement: StatementSync): SqliteStatement {
  const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...values(parameters)),
    run: (parameters) => statement.run(...values(parameters)),
    iterate: (parameters) => statement.iterate(...values(parameters)),
  }
}
