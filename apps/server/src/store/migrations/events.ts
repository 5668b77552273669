import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

type AnyDatabase = Kysely<Record<string, never>>

/** What an event says of its tenant, webhooks with their deliveries, and the workers that are there. */
export const events: Migration = {
  async up(db: AnyDatabase) {
    for (const column of ['tenant_labels', 'tenant_status']) {
      await db.schema.alterTable('events').addColumn(column, 'text').execute()
    }
    await createWebhooks(db)
    await createDeliveries(db)
    await createWorkers(db)
  },
}

async function createWebhooks(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('webhooks')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('url', 'text', (to) => to.notNull())
    .addColumn('description', 'text')
    .addColumn('types', 'text', (to) => to.notNull())
    .addColumn('label_selector', 'text')
    .addColumn('enabled', 'integer', (to) => to.notNull())
    .addColumn('disabled_reason', 'text')
    .addColumn('secret', 'text', (to) => to.notNull())
    .addColumn('previous_secret', 'text')
    .addColumn('previous_secret_expires_at', 'text')
    .addColumn('cursor', 'bigint', (to) => to.notNull())
    .addColumn('consecutive_failures', 'integer', (to) => to.notNull())
    .addColumn('paused_until', 'text')
    .addColumn('failing_since', 'text')
    .addColumn('last_error', 'text')
    .addColumn('leased_by', 'text')
    .addColumn('leased_until', 'text')
    .addColumn('created_at', 'text', (to) => to.notNull())
    .addColumn('updated_at', 'text', (to) => to.notNull())
    .execute()
}

async function createDeliveries(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('webhook_deliveries')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('webhook_id', 'text', (to) => to.notNull().references('webhooks.id').onDelete('cascade'))
    .addColumn('event_seq', 'bigint', (to) => to.notNull())
    .addColumn('event_type', 'text', (to) => to.notNull())
    .addColumn('state', 'text', (to) => to.notNull())
    .addColumn('attempt_count', 'integer', (to) => to.notNull())
    .addColumn('attempts', 'text', (to) => to.notNull())
    .addColumn('next_attempt_at', 'text')
    .addColumn('retrying_since', 'text', (to) => to.notNull())
    .addColumn('created_at', 'text', (to) => to.notNull())
    .addColumn('finished_at', 'text')
    .addUniqueConstraint('webhook_deliveries_once', ['webhook_id', 'event_seq'])
    .execute()
  await db.schema
    .createIndex('webhook_deliveries_by_webhook_id_id')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'id'])
    .execute()
  await db.schema
    .createIndex('webhook_deliveries_due')
    .on('webhook_deliveries')
    .columns(['webhook_id', 'next_attempt_at'])
    .where(sql.ref('next_attempt_at'), 'is not', null)
    .execute()
  await db.schema
    .createIndex('webhook_deliveries_by_finished_at')
    .on('webhook_deliveries')
    .columns(['finished_at'])
    .execute()
}

async function createWorkers(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('workers')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('url', 'text', (to) => to.notNull())
    .addColumn('version', 'text', (to) => to.notNull())
    .addColumn('providers', 'text', (to) => to.notNull())
    .addColumn('started_at', 'text', (to) => to.notNull())
    .addColumn('seen_at', 'text', (to) => to.notNull())
    .execute()
}
