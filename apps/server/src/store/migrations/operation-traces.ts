import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The trace that an operation belongs to. */
export const operationTraces: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    await db.schema.alterTable('operations').addColumn('trace_parent', 'text').execute()
  },
}
