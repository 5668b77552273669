import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What scans found at the providers that belongs to no tenant, and the scans. */
export const orphans: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    await db.schema
      .createTable('orphans')
      .addColumn('id', 'text', (to) => to.primaryKey().notNull())
      .addColumn('provider', 'text', (to) => to.notNull())
      .addColumn('tenant_id', 'text', (to) => to.notNull())
      .addColumn('tenant_name', 'text')
      .addColumn('reason', 'text', (to) => to.notNull())
      .addColumn('resources', 'text', (to) => to.notNull())
      .addColumn('scan_id', 'text', (to) => to.notNull())
      .addColumn('found_at', 'text', (to) => to.notNull())
      .addColumn('seen_at', 'text', (to) => to.notNull())
      .addUniqueConstraint('orphans_by_provider_tenant_id', ['provider', 'tenant_id'])
      .execute()
    await db.schema
      .createTable('orphan_scans')
      .addColumn('provider', 'text', (to) => to.primaryKey().notNull())
      .addColumn('id', 'text', (to) => to.notNull())
      .addColumn('finished', 'integer', (to) => to.notNull())
      .addColumn('error', 'text')
      .addColumn('resources', 'integer', (to) => to.notNull())
      .addColumn('reported_at', 'text')
      .addColumn('started_at', 'text', (to) => to.notNull())
      .addColumn('finished_at', 'text')
      .addColumn('trigger_count', 'integer', (to) => to.notNull())
      .addColumn('progressed_at', 'text', (to) => to.notNull())
      .execute()
  },
}
