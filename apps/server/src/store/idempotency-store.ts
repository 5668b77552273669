import type { Kysely } from 'kysely'
import type { Database, IdempotencyKeyRow } from './database.ts'

type Db = Kysely<Database>

export interface KeyClaim {
  readonly key: string
  readonly fingerprint: string
  readonly now: string
  /** Keys from before are free again. */
  readonly expiredBefore: string
}

/**
 * Takes the key, or returns what it was used for. Within one transaction with the work: a second claim waits for the first
 * transaction, and a crash leaves no claim behind.
 */
export async function claimKey(db: Db, claim: KeyClaim): Promise<IdempotencyKeyRow | undefined> {
  await db
    .deleteFrom('idempotency_keys')
    .where('key', '=', claim.key)
    .where('created_at', '<', claim.expiredBefore)
    .execute()
  const inserted = await db
    .insertInto('idempotency_keys')
    .values({ key: claim.key, fingerprint: claim.fingerprint, answer: null, created_at: claim.now })
    .onConflict((on) => on.column('key').doNothing())
    .executeTakeFirst()
  if (inserted.numInsertedOrUpdatedRows === 1n) return undefined
  return await db.selectFrom('idempotency_keys').selectAll().where('key', '=', claim.key).executeTakeFirstOrThrow()
}

export async function saveAnswer(db: Db, key: string, answer: string): Promise<void> {
  await db.updateTable('idempotency_keys').set({ answer }).where('key', '=', key).execute()
}

export async function deleteExpiredKeys(db: Db, expiredBefore: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', expiredBefore).execute()
}
