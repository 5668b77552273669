import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What a tenant is still to take over. */
export const adoption: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    await db.schema.alterTable('tenants').addColumn('adopts', 'text').execute()
  },
}
