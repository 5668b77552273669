import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase, dropDatabase } from '@landlord/test-postgres'
import { Kysely, sql } from 'kysely'
import type { DatabaseLimits } from '../src/store/database-limits.ts'
import { openStore, type Store } from '../src/store/open-store.ts'
import { selectDialect } from '../src/store/select-dialect.ts'
import { POSTGRES_URL_VARIABLE } from './postgres-url-variable.ts'

/** On PostgreSQL, a database with this version's tables and nothing in them; undefined is SQLite. */
const postgresTemplate: string | undefined = process.env[POSTGRES_URL_VARIABLE]

/** Few connections, since all files of a run share one PostgreSQL, and short waits. */
export const TEST_LIMITS: DatabaseLimits = {
  poolSize: 4,
  connectTimeoutSeconds: 5,
  statementTimeoutSeconds: 20,
  lockTimeoutSeconds: 5,
  idleInTransactionTimeoutSeconds: 10,
}

export const openTestStore = (url: string): Promise<Store> => openStore(url, TEST_LIMITS)

/** An empty database of the kind that this run is on. */
export interface TestDatabase {
  readonly url: string
  /** Of the test's own; a SQLite database is in it. */
  readonly folder: string
  open(): Promise<Store>
  /** Runs one statement beside whoever has the database open. */
  query<Row>(statement: string): Promise<Row[]>
  /** Every row of every table, by the table's name. */
  everything(): Promise<Record<string, unknown[]>>
  drop(): Promise<void>
}

/** `isBlank`: even without the tables. With them, a server has nothing to migrate, which takes PostgreSQL a while. */
export async function createTestDatabase({ isBlank = false } = {}): Promise<TestDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'landlord-server-'))
  const url =
    postgresTemplate === undefined
      ? `sqlite:${join(folder, 'landlord.db')}`
      : await createDatabase(postgresTemplate, isBlank ? undefined : postgresTemplate)
  return reopenTestDatabase(url, folder)
}

/** What another process made. */
export function reopenTestDatabase(url: string, folder: string): TestDatabase {
  return {
    url,
    folder,
    open: () => openTestStore(url),
    query: (statement) => beside(url, async (db) => (await sql.raw<never>(statement).execute(db)).rows),
    everything: () =>
      beside(url, async (db) => {
        const tables = (await db.introspection.getTables()).map(({ name }) => name).toSorted()
        const read = async (name: string) => (await sql`select * from ${sql.table(name)}`.execute(db)).rows
        return Object.fromEntries(await Promise.all(tables.map(async (name) => [name, await read(name)])))
      }),
    async drop() {
      if (postgresTemplate !== undefined) await dropDatabase(url)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function beside<Result>(url: string, work: (db: Kysely<unknown>) => Promise<Result>): Promise<Result> {
  const db = new Kysely<unknown>({ dialect: selectDialect(url, TEST_LIMITS).createDialect() })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}
