import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Suspending, pausing and restarting a tenant, its protection from deletion, and when it expires. */
export const lifecycle: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    // One column at a time: SQLite adds no more with one statement.
    const tenants = () => db.schema.alterTable('tenants')
    await tenants()
      .addColumn('suspended', 'integer', (to) => to.notNull().defaultTo(0))
      .execute()
    await tenants().addColumn('restart_token', 'text').execute()
    await tenants().addColumn('paused_at', 'text').execute()
    await tenants()
      .addColumn('deletion_protection', 'integer', (to) => to.notNull().defaultTo(0))
      .execute()
    await tenants().addColumn('expires_at', 'text').execute()
    await tenants().addColumn('ttl_seconds', 'integer').execute()
    await tenants()
      .addColumn('expiry_action', 'text', (to) => to.notNull().defaultTo('archive'))
      .execute()
    await tenants().addColumn('expiry_due_at', 'text').execute()
    await db.schema
      .createIndex('tenants_by_expiry_due_at')
      .on('tenants')
      .columns(['expiry_due_at'])
      .where(sql.ref('expiry_due_at'), 'is not', null)
      .execute()
  },
}
