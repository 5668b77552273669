import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a worker tells of itself beside where it is. */
export const workers: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    // One column at a time: SQLite adds no more with one statement.
    const table = () => db.schema.alterTable('workers')
    await table()
      .addColumn('node_version', 'text', (to) => to.notNull().defaultTo(''))
      .execute()
    await table()
      .addColumn('registered', 'integer', (to) => to.notNull().defaultTo(0))
      .execute()
    await table()
      .addColumn('clock_skew_ms', 'integer', (to) => to.notNull().defaultTo(0))
      .execute()
  },
}
