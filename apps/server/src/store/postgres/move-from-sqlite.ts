import { type Kysely, sql, type Transaction } from 'kysely'
import type { Database } from '../database.ts'
import type { DatabaseLimits } from '../database-limits.ts'
import { openStore } from '../open-store.ts'
import { StoreError } from '../store-error.ts'

export interface MovedTable {
  readonly name: string
  readonly rows: number
}

type Tables = Kysely<Record<string, Record<string, unknown>>>

/** PostgreSQL takes 65,535 values with a statement, and no table has a hundred columns. */
const ROWS_PER_INSERT = 500
/** A table with millions of rows is one statement to count and to number. */
const STATEMENT_TIMEOUT_SECONDS = 3600

/**
 * Copies every row of a SQLite database into a PostgreSQL that has no tenants, in one transaction that is undone unless each
 * table has as many rows afterwards. Both are brought to this version first; nobody writes to the SQLite one meanwhile. Throws
 * `StoreError`.
 */
export async function moveFromSqlite(
  urls: { readonly from: string; readonly to: string },
  limits: DatabaseLimits,
): Promise<readonly MovedTable[]> {
  const source = await openStore(urls.from, limits)
  try {
    const target = await openStore(urls.to, { ...limits, statementTimeoutSeconds: STATEMENT_TIMEOUT_SECONDS })
    try {
      // Not by the store's own means, which would repeat it.
      return await source.db.transaction().execute((from) => target.db.transaction().execute((to) => copy(from, to)))
    } finally {
      await target.close()
    }
  } finally {
    await source.close()
  }
}

async function copy(from: Transaction<Database>, to: Transaction<Database>): Promise<MovedTable[]> {
  await refuseUsed(to)
  const source = from as unknown as Tables
  const target = to as unknown as Tables
  const moved: MovedTable[] = []
  for (const name of await tablesOf(from)) {
    // What opening wrote, such as an installation's id of its own.
    await target.deleteFrom(name).execute()
    const rows = await copyTable(source, target, name)
    await compare(target, { name, rows })
    moved.push({ name, rows })
  }
  await sql`select setval('events_committed', coalesce((select max(seq) from events), 0) + 1, false)`.execute(to)
  return moved
}

async function refuseUsed(to: Transaction<Database>): Promise<void> {
  const event = await to.selectFrom('events').select('seq').limit(1).executeTakeFirst()
  const tenant = await to.selectFrom('tenants').select('id').limit(1).executeTakeFirst()
  if (event === undefined && tenant === undefined) return
  throw new StoreError({
    message:
      'the PostgreSQL database has tenants or events already; nothing was copied. Name an empty database with --to',
  })
}

/** In the order in which they were made: a table comes after those that it refers to. */
async function tablesOf(from: Transaction<Database>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'
    order by rowid`.execute(from)
  return rows.map(({ name }) => name)
}

async function copyTable(source: Tables, target: Tables, name: string): Promise<number> {
  let count = 0
  let batch: Record<string, unknown>[] = []
  const flush = async () => {
    if (batch.length > 0) await target.insertInto(name).values(batch).execute()
    count += batch.length
    batch = []
  }
  for await (const row of source.selectFrom(name).selectAll().stream()) {
    batch.push(row)
    if (batch.length === ROWS_PER_INSERT) await flush()
  }
  await flush()
  return count
}

async function compare(target: Tables, { name, rows }: MovedTable): Promise<void> {
  const { found } = await target
    .selectFrom(name)
    .select((select) => select.fn.countAll<number>().as('found'))
    .executeTakeFirstOrThrow()
  if (found === rows) return
  throw new StoreError({ message: `${name} has ${rows} rows in SQLite and ${found} in PostgreSQL; nothing was copied` })
}
