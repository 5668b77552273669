import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Plans that are being made, and the references to tenants' secrets. */
export const plansAndSecrets: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    await db.schema
      .createTable('plans')
      .addColumn('id', 'text', (to) => to.primaryKey().notNull())
      .addColumn('request', 'text', (to) => to.notNull())
      .addColumn('answer', 'text')
      .addColumn('created_at', 'text', (to) => to.notNull())
      .execute()
    await db.schema.createIndex('plans_by_created_at').on('plans').columns(['created_at']).execute()
    // An older server beside this one writes documents without it.
    await db.schema
      .alterTable('tenant_documents')
      .addColumn('secrets', 'text', (to) => to.notNull().defaultTo('[]'))
      .execute()
  },
}
