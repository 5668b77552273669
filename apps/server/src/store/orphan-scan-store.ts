import type { Kysely, Updateable } from 'kysely'
import type { Database, OrphanScanRow } from './database.ts'

type Db = Kysely<Database>

export async function listScans(db: Db): Promise<OrphanScanRow[]> {
  return await db.selectFrom('orphan_scans').selectAll().execute()
}

export async function findScanById(db: Db, id: string): Promise<OrphanScanRow | undefined> {
  return await db.selectFrom('orphan_scans').selectAll().where('id', '=', id).executeTakeFirst()
}

/** False when a scan of the provider is under way. */
export async function beginScan(db: Db, row: OrphanScanRow): Promise<boolean> {
  const { provider, reported_at, ...fresh } = row
  const inserted = await db
    .insertInto('orphan_scans')
    .values(row)
    .onConflict((on) => on.column('provider').doUpdateSet(fresh).where('orphan_scans.finished', '=', 1))
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** False when the scan is over. */
export async function updateOpenScan(db: Db, id: string, columns: Updateable<OrphanScanRow>): Promise<boolean> {
  const updated = await db
    .updateTable('orphan_scans')
    .set(columns)
    .where('id', '=', id)
    .where('finished', '=', 0)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

/** Counts one more trigger, for a key of its own; false when the scan is over or another server was faster. */
export async function countScanTrigger(db: Db, scan: OrphanScanRow, progressedAt: string): Promise<boolean> {
  const updated = await db
    .updateTable('orphan_scans')
    .set({ trigger_count: scan.trigger_count + 1, progressed_at: progressedAt })
    .where('id', '=', scan.id)
    .where('trigger_count', '=', scan.trigger_count)
    .where('finished', '=', 0)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}
