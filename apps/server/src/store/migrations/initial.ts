import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { StoreDialect } from '../store-dialect.ts'

type AnyDatabase = Kysely<Record<string, never>>

/** Tenants, operations, events, idempotency keys and the installation's id. */
export function initial(dialect: StoreDialect): Migration {
  return {
    async up(db: AnyDatabase) {
      await createTenants(db)
      await createTenantParts(db)
      await createOperations(db)
      await createEvents(db, dialect)
      await createSmallTables(db)
    },
  }
}

async function createTenants(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('tenants')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('name', 'text', (to) => to.notNull().unique())
    .addColumn('status', 'text', (to) => to.notNull())
    .addColumn('status_message', 'text')
    .addColumn('provider', 'text', (to) => to.notNull())
    .addColumn('version', 'integer', (to) => to.notNull())
    .addColumn('generation', 'integer', (to) => to.notNull())
    .addColumn('observed_generation', 'integer', (to) => to.notNull())
    .addColumn('resource_operation_id', 'text')
    .addColumn('live', 'integer', (to) => to.notNull())
    .addColumn('operation_id', 'text')
    .addColumn('workflow_sub_state', 'text')
    .addColumn('workflow_retry_count', 'integer', (to) => to.notNull())
    .addColumn('workflow_error_message', 'text')
    .addColumn('next_retry_at', 'text')
    .addColumn('created_at', 'text', (to) => to.notNull())
    .addColumn('updated_at', 'text', (to) => to.notNull())
    .addColumn('failed_operation', 'text')
    .addColumn('failure', 'text')
    .addColumn('labels', 'text', (to) => to.notNull())
    .addColumn('resource_ids', 'text', (to) => to.notNull())
    .addColumn('endpoints', 'text', (to) => to.notNull())
    .execute()
  // Each covers the order, the tie-break and the usual filters: a page and a count never read a row that is not shown.
  for (const column of ['created_at', 'updated_at', 'name']) {
    await index(db, 'tenants', [column, 'id', 'status', 'provider'])
  }
  await index(db, 'tenants', ['status', 'created_at', 'id', 'provider'])
  await index(db, 'tenants', ['id', 'status', 'provider'])
}

async function createTenantParts(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('tenant_documents')
    .addColumn('tenant_id', 'text', (to) => to.primaryKey().notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('compute_config', 'text', (to) => to.notNull())
    .addColumn('desired_config', 'text', (to) => to.notNull())
    .addColumn('applied_config', 'text')
    .addColumn('observed_config', 'text')
    .addColumn('annotations', 'text', (to) => to.notNull())
    .execute()
  await db.schema
    .createTable('tenant_labels')
    .addColumn('tenant_id', 'text', (to) => to.notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('key', 'text', (to) => to.notNull())
    .addColumn('value', 'text', (to) => to.notNull())
    .addPrimaryKeyConstraint('tenant_labels_pkey', ['tenant_id', 'key'])
    .execute()
  await index(db, 'tenant_labels', ['key', 'value', 'tenant_id'])
}

async function createOperations(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('operations')
    .addColumn('id', 'text', (to) => to.primaryKey().notNull())
    .addColumn('tenant_id', 'text', (to) => to.notNull())
    .addColumn('tenant_name', 'text', (to) => to.notNull())
    .addColumn('kind', 'text', (to) => to.notNull())
    .addColumn('generation', 'integer', (to) => to.notNull())
    .addColumn('state', 'text', (to) => to.notNull())
    .addColumn('attempts', 'integer', (to) => to.notNull())
    .addColumn('message', 'text')
    .addColumn('next_retry_at', 'text')
    .addColumn('deadline_at', 'text', (to) => to.notNull())
    .addColumn('trigger_count', 'integer', (to) => to.notNull())
    .addColumn('unanswered_count', 'integer', (to) => to.notNull())
    .addColumn('triggered_at', 'text')
    .addColumn('progressed_at', 'text', (to) => to.notNull())
    .addColumn('created_at', 'text', (to) => to.notNull())
    .addColumn('started_at', 'text')
    .addColumn('finished_at', 'text')
    .addColumn('error', 'text')
    .addColumn('changes', 'text', (to) => to.notNull())
    .addColumn('config', 'text')
    .addColumn('final_tenant', 'text')
    .execute()
  await index(db, 'operations', ['tenant_id', 'id'])
  await db.schema
    .createIndex('operations_open_by_progressed_at')
    .on('operations')
    .columns(['progressed_at'])
    .where(sql.ref('finished_at'), 'is', null)
    .execute()
}

async function createEvents(db: AnyDatabase, dialect: StoreDialect): Promise<void> {
  await dialect
    .addSequence(db.schema.createTable('events'), 'seq')
    .addColumn('type', 'text', (to) => to.notNull())
    .addColumn('tenant_id', 'text', (to) => to.notNull())
    .addColumn('tenant_name', 'text', (to) => to.notNull())
    .addColumn('operation_id', 'text')
    .addColumn('generation', 'integer')
    .addColumn('principal', 'text', (to) => to.notNull())
    .addColumn('request_id', 'text')
    .addColumn('data', 'text', (to) => to.notNull())
    .addColumn('created_at', 'text', (to) => to.notNull())
    .execute()
  await index(db, 'events', ['tenant_id', 'seq'])
  await dialect.keepEventOrder(db)
}

async function createSmallTables(db: AnyDatabase): Promise<void> {
  await db.schema
    .createTable('idempotency_keys')
    .addColumn('key', 'text', (to) => to.primaryKey().notNull())
    .addColumn('fingerprint', 'text', (to) => to.notNull())
    .addColumn('answer', 'text')
    .addColumn('created_at', 'text', (to) => to.notNull())
    .execute()
  await index(db, 'idempotency_keys', ['created_at'])
  await db.schema
    .createTable('meta')
    .addColumn('key', 'text', (to) => to.primaryKey().notNull())
    .addColumn('value', 'text', (to) => to.notNull())
    .execute()
}

async function index(db: AnyDatabase, table: string, columns: string[]): Promise<void> {
  await db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns(columns)
    .execute()
}
