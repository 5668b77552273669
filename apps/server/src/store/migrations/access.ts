import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Migration } from 'kysely/migration'

type AnyDatabase = Kysely<Record<string, never>>

/** API tokens, the address behind an event, and the labels that deleted tenants had. */
export const access: Migration = {
  async up(db: AnyDatabase) {
    await createTokens(db)
    await createDeletedTenants(db)
    await db.schema.alterTable('events').addColumn('address', 'text').execute()
  },
}

async function createTokens(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('api_tokens')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('name', 'text', (to) => to.notNull())
    .addColumn('hash', 'text', (to) => to.notNull().unique())
    .addColumn('scope', 'text', (to) => to.notNull())
    .addColumn('selector', 'text', (to) => to.notNull())
    .addColumn('created_by', 'text', (to) => to.notNull())
    .addColumn('created_at', 'text', (to) => to.notNull())
    .addColumn('expires_at', 'text')
    .addColumn('last_used_at', 'text')
    .addColumn('revoked_at', 'text')
    .addColumn('revoked_by', 'text')
    .execute()
  // A name is free again once its token is revoked: that is how one is replaced.
  await db.schema
    .createIndex('api_tokens_by_live_name')
    .unique()
    .on('api_tokens')
    .columns(['name'])
    .where(sql.ref('revoked_at'), 'is', null)
    .execute()
}

async function createDeletedTenants(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('deleted_tenants')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .execute()
  await db.schema
    .createTable('deleted_tenant_labels')
    .addColumn('tenant_id', 'text', (to) => to.notNull())
    .addColumn('key', 'text', (to) => to.notNull())
    .addColumn('value', 'text', (to) => to.notNull())
    .addPrimaryKeyConstraint('deleted_tenant_labels_pkey', ['tenant_id', 'key'])
    .execute()
  await db.schema
    .createIndex('deleted_tenant_labels_by_key_value_tenant_id')
    .on('deleted_tenant_labels')
    .columns(['key', 'value', 'tenant_id'])
    .execute()
}
