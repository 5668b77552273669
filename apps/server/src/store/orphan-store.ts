import type { Kysely } from 'kysely'
import type { Database, OrphanRow, OrphanScanRow } from './database.ts'

type Db = Kysely<Database>

export interface OrphanPage {
  readonly provider?: string
  readonly limit: number
  /** Id of the last one of the page before. */
  readonly after?: string
}

/** One more row than `limit` where there is a further page. What a tenant accounts for by now is left out. */
export async function listOrphans(db: Db, page: OrphanPage): Promise<OrphanRow[]> {
  let query = orphansOfNobody(db)
  if (page.provider !== undefined) query = query.where('orphans.provider', '=', page.provider)
  if (page.after !== undefined) query = query.where('orphans.id', '>', page.after)
  return await query
    .orderBy('orphans.id', 'asc')
    .limit(page.limit + 1)
    .execute()
}

export async function findOrphan(db: Db, id: string): Promise<OrphanRow | undefined> {
  return await orphansOfNobody(db).where('orphans.id', '=', id).executeTakeFirst()
}

// A scan is a look at one moment: since then its tenant may have come back, or be on its way out.
function orphansOfNobody(db: Db) {
  return db
    .selectFrom('orphans')
    .leftJoin('tenants', 'tenants.id', 'orphans.tenant_id')
    .selectAll('orphans')
    .where((where) =>
      where.or([
        where.and([where('orphans.reason', '=', 'no_tenant'), where('tenants.id', 'is', null)]),
        where.and([where('orphans.reason', '=', 'archived_tenant'), where('tenants.status', '=', 'archived')]),
        where.and([where('orphans.reason', '=', 'unaccounted'), where('tenants.id', 'is not', null)]),
      ]),
    )
}

/** False when somebody else was faster. */
export async function deleteOrphan(db: Db, id: string): Promise<boolean> {
  const deleted = await db.deleteFrom('orphans').where('id', '=', id).executeTakeFirst()
  return deleted.numDeletedRows === 1n
}

export async function findOrphansOf(db: Db, provider: string, tenantIds: readonly string[]): Promise<OrphanRow[]> {
  return await db
    .selectFrom('orphans')
    .selectAll()
    .where('provider', '=', provider)
    .where('tenant_id', 'in', tenantIds)
    .execute()
}

/** False when it is there already. */
export async function insertOrphan(db: Db, row: OrphanRow): Promise<boolean> {
  const inserted = await db
    .insertInto('orphans')
    .values(row)
    .onConflict((on) => on.columns(['provider', 'tenant_id']).doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

export async function updateOrphan(
  db: Db,
  id: string,
  columns: Partial<Pick<OrphanRow, 'reason' | 'resources' | 'scan_id' | 'seen_at'>>,
): Promise<void> {
  await db.updateTable('orphans').set(columns).where('id', '=', id).execute()
}

/** Those that the scan has seen, in whole or in part. */
export async function findSeenOrphans(db: Db, { provider, id }: OrphanScanRow) {
  return await db
    .selectFrom('orphans')
    .select(['id', 'resources'])
    .where('provider', '=', provider)
    .where('scan_id', '=', id)
    .execute()
}

/** A scan that went through to the end has not found them. */
export async function forgetUnseenOrphans(db: Db, { provider, id }: OrphanScanRow): Promise<void> {
  await db.deleteFrom('orphans').where('provider', '=', provider).where('scan_id', '<>', id).execute()
}
