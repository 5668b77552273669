import type { DesiredState, PlanAnswer } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

type Db = Kysely<Database>

export async function insertPlan(
  db: Db,
  { id, request, now }: { id: string; request: DesiredState; now: Date },
): Promise<void> {
  const created_at = now.toISOString()
  await db
    .insertInto('plans')
    .values({ id, request: JSON.stringify(request), answer: null, created_at })
    .execute()
}

/** Undefined once nobody waits for it any more. */
export async function findPlanRequest(db: Db, id: string): Promise<DesiredState | undefined> {
  const row = await db.selectFrom('plans').select('request').where('id', '=', id).executeTakeFirst()
  return row === undefined ? undefined : JSON.parse(row.request)
}

/** False when nobody waits for it any more. */
export async function saveAnswer(db: Db, id: string, answer: PlanAnswer): Promise<boolean> {
  const saved = await db
    .updateTable('plans')
    .set({ answer: JSON.stringify(answer) })
    .where('id', '=', id)
    .executeTakeFirst()
  return saved.numUpdatedRows === 1n
}

/** Undefined while there is none. */
export async function findAnswer(db: Db, id: string): Promise<PlanAnswer | undefined> {
  const row = await db.selectFrom('plans').select('answer').where('id', '=', id).executeTakeFirst()
  return row?.answer == null ? undefined : JSON.parse(row.answer)
}

export async function deletePlan(db: Db, id: string): Promise<void> {
  await db.deleteFrom('plans').where('id', '=', id).execute()
}

/** What servers that died have left. */
export async function deleteOldPlans(db: Db, createdBefore: string): Promise<void> {
  await db.deleteFrom('plans').where('created_at', '<', createdBefore).execute()
}
