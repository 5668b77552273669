import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

/**
 * When each tenant is looked at, and what was seen. Apart from the tenants' own rows, which are large and have many indexes:
 * a look at a tenant that is well costs one narrow write.
 */
export const drift: Migration = {
  async up(db: Kysely<Record<string, never>>) {
    const tenants = () => db.schema.alterTable('tenants')
    await tenants()
      .addColumn('drift_policy', 'text', (to) => to.notNull().defaultTo('report'))
      .execute()
    await tenants()
      .addColumn('drift_ignore', 'text', (to) => to.notNull().defaultTo('[]'))
      .execute()
    await db.schema
      .createTable('tenant_observations')
      .addColumn('tenant_id', 'text', (to) => to.primaryKey().notNull().references('tenants.id').onDelete('cascade'))
      .addColumn('due_at', 'text')
      .addColumn('slot', 'integer', (to) => to.notNull().defaultTo(0))
      .addColumn('asked_at', 'text')
      .addColumn('observed_at', 'text')
      .addColumn('expected_state', 'text')
      .addColumn('drift', 'text')
      .addColumn('drift_reason', 'text')
      .addColumn('drifted_at', 'text')
      .addColumn('turned_bad_at', 'text')
      .addColumn('heals', 'text', (to) => to.notNull().defaultTo('[]'))
      .addColumn('heal_operation_id', 'text')
      .addColumn('heal_stopped_at', 'text')
      .execute()
    for (const column of ['due_at', 'asked_at', 'drifted_at', 'turned_bad_at']) {
      await db.schema
        .createIndex(`tenant_observations_by_${column}`)
        .on('tenant_observations')
        .columns([column, 'tenant_id'])
        .where(sql.ref(column), 'is not', null)
        .execute()
    }
  },
}
