import type { Kysely } from 'kysely'
import type { Database, WorkerRow } from './database.ts'

type Db = Kysely<Database>

/** A worker that is gone is remembered for so long. */
const REMEMBERED_MS = 86_400_000

export async function saveWorker(db: Db, row: WorkerRow): Promise<void> {
  const { id: _, ...columns } = row
  await db
    .insertInto('workers')
    .values(row)
    .onConflict((on) => on.column('id').doUpdateSet(columns))
    .execute()
  const forgottenBefore = new Date(Date.parse(row.seen_at) - REMEMBERED_MS).toISOString()
  await db.deleteFrom('workers').where('seen_at', '<', forgottenBefore).execute()
}

/** Seen last first. */
export async function listWorkers(db: Db, seenSince: string): Promise<WorkerRow[]> {
  return await db
    .selectFrom('workers')
    .selectAll()
    .where('seen_at', '>=', seenSince)
    .orderBy('seen_at', 'desc')
    .orderBy('id')
    .execute()
}
