import { isDeepStrictEqual } from 'node:util'
import type { Kysely, SelectQueryBuilder } from 'kysely'
import type { Database, TenantDocumentsRow, TenantRow } from './database.ts'
import { StaleTenantError } from './retry-work.ts'
import { fromTenantRow, type ObservedColumns, type StoredTenant, toDocumentsRow, toTenantRow } from './stored-tenant.ts'

type Db = Kysely<Database>
/** Typed by name: what Kysely infers cannot be declared without every table. */
type TenantQuery = SelectQueryBuilder<
  Database,
  'tenants' | 'tenant_documents' | 'tenant_observations',
  TenantRow & TenantDocumentsRow & ObservedColumns
>

export function tenantsWithDocuments(db: Db): TenantQuery {
  return db
    .selectFrom('tenants')
    .innerJoin('tenant_documents', 'tenant_documents.tenant_id', 'tenants.id')
    .leftJoin('tenant_observations', 'tenant_observations.tenant_id', 'tenants.id')
    .selectAll(['tenants', 'tenant_documents'])
    .select(['observed_at', 'drift', 'heals', 'heal_stopped_at'])
}

/** In a transaction that writes, the tenant is this transaction's until it ends: no other server changes it or its operations. */
export async function findTenantById(db: Db, id: string): Promise<StoredTenant | undefined> {
  return await findTenant(db, 'id', id)
}

/** As `findTenantById`. */
export async function findTenantByName(db: Db, name: string): Promise<StoredTenant | undefined> {
  return await findTenant(db, 'name', name)
}

async function findTenant(db: Db, column: 'id' | 'name', value: string): Promise<StoredTenant | undefined> {
  // A statement of its own: one that waits for a row sees the others as they were before the wait.
  if (db.isTransaction) await db.selectFrom('tenants').select('id').where(column, '=', value).forUpdate().execute()
  const row = await tenantsWithDocuments(db).where(column, '=', value).executeTakeFirst()
  return row === undefined ? undefined : fromTenantRow(row)
}

/** What is needed to tell whose a resource is, of those tenants that there are. */
export async function findKnownTenants(
  db: Db,
  ids: readonly string[],
): Promise<Map<string, Pick<StoredTenant, 'status' | 'provider' | 'resourceIds'>>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('tenants')
    .select(['id', 'status', 'provider', 'resource_ids'])
    .where('id', 'in', ids)
    .execute()
  return new Map(
    rows.map(({ id, status, provider, resource_ids }) => [
      id,
      { status: status as StoredTenant['status'], provider, resourceIds: JSON.parse(resource_ids) },
    ]),
  )
}

/** Tenants whose expiry needs attention, the longest due first; of paused ones only those to be warned of. */
export async function listExpiryDue(db: Db, now: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('tenants')
    .select('id')
    .where('expiry_due_at', '<=', now)
    .where((where) => where.or([where('paused_at', 'is', null), where('expires_at', '>', now)]))
    .orderBy('expiry_due_at')
    .limit(limit)
    .execute()
  return rows.map((row) => row.id)
}

/** False when the name is taken. */
export async function insertTenant(db: Db, tenant: StoredTenant): Promise<boolean> {
  const inserted = await db
    .insertInto('tenants')
    .values(toTenantRow(tenant))
    .onConflict((on) => on.column('name').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows !== 1n) return false
  await db.insertInto('tenant_documents').values(toDocumentsRow(tenant)).execute()
  await insertLabels(db, 'tenant_labels', tenant)
  return true
}

/** Writes `next` over `current`. Throws `StaleTenantError` when `current` is no longer what is stored. */
export async function replaceTenant(db: Db, current: StoredTenant, next: StoredTenant): Promise<void> {
  const { id, created_at, ...columns } = toTenantRow(next)
  const updated = await db
    .updateTable('tenants')
    .set(columns)
    .where('id', '=', current.id)
    .where('version', '=', current.version)
    .executeTakeFirst()
  if (updated.numUpdatedRows !== 1n) throw new StaleTenantError(current.id)
  await replaceDocuments(db, current, next)
  if (JSON.stringify(current.labels) === JSON.stringify(next.labels)) return
  await db.deleteFrom('tenant_labels').where('tenant_id', '=', current.id).execute()
  await insertLabels(db, 'tenant_labels', next)
}

/** Its labels stay, for whoever may read its trail. Throws `StaleTenantError` when `current` is no longer what is stored. */
export async function deleteTenant(db: Db, current: StoredTenant): Promise<void> {
  await db.deleteFrom('tenant_labels').where('tenant_id', '=', current.id).execute()
  await db.deleteFrom('tenant_documents').where('tenant_id', '=', current.id).execute()
  const deleted = await db
    .deleteFrom('tenants')
    .where('id', '=', current.id)
    .where('version', '=', current.version)
    .executeTakeFirst()
  if (deleted.numDeletedRows !== 1n) throw new StaleTenantError(current.id)
  await db.insertInto('deleted_tenants').values({ id: current.id }).execute()
  await insertLabels(db, 'deleted_tenant_labels', current)
}

// Most changes are a worker's and leave the documents alone.
async function replaceDocuments(db: Db, current: StoredTenant, next: StoredTenant): Promise<void> {
  const before = toDocumentsRow(current)
  const { tenant_id, ...documents } = toDocumentsRow(next)
  if (isDeepStrictEqual(before, { tenant_id, ...documents })) return
  await db.updateTable('tenant_documents').set(documents).where('tenant_id', '=', tenant_id).execute()
}

async function insertLabels(
  db: Db,
  table: 'tenant_labels' | 'deleted_tenant_labels',
  tenant: StoredTenant,
): Promise<void> {
  const labels = Object.entries(tenant.labels).map(([key, value]) => ({ tenant_id: tenant.id, key, value }))
  if (labels.length > 0) await db.insertInto(table).values(labels).execute()
}
