import type { Kysely } from 'kysely'
import type { Database } from './database.ts'

type Db = Kysely<Database>

/** Why healing has stopped for all. */
export interface StoredBrake {
  readonly applied_at: string
  readonly turned_bad: number
  readonly fleet: number
  readonly window_seconds: number
}

const BRAKE = 'drift_brake'
const RELEASED_AT = 'drift_brake_released_at'
const NEXT_TURN_AT = 'observation_turn_at'

export async function readBrake(db: Db): Promise<StoredBrake | undefined> {
  const text = await readMeta(db, BRAKE)
  return text === undefined ? undefined : (JSON.parse(text) as StoredBrake)
}

/** False when it was applied already. */
export async function insertBrake(db: Db, brake: StoredBrake): Promise<boolean> {
  const inserted = await db
    .insertInto('meta')
    .values({ key: BRAKE, value: JSON.stringify(brake) })
    .onConflict((on) => on.column('key').doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

/** False when it was not applied. What turned bad before `releasedAt` counts no more. */
export async function removeBrake(db: Db, releasedAt: string): Promise<boolean> {
  const deleted = await db.deleteFrom('meta').where('key', '=', BRAKE).executeTakeFirst()
  if (deleted.numDeletedRows !== 1n) return false
  await db
    .insertInto('meta')
    .values({ key: RELEASED_AT, value: releasedAt })
    .onConflict((on) => on.column('key').doUpdateSet({ value: releasedAt }))
    .execute()
  return true
}

export async function readReleasedAt(db: Db): Promise<string | undefined> {
  return await readMeta(db, RELEASED_AT)
}

interface Turn {
  readonly now: string
  /** When the next turn is, of any server. */
  readonly next: string
  /** A next turn after this one was noted by a clock that was wrong, and nobody waits for it. */
  readonly latest: string
}

/** Whether it is this server's turn to begin looks. */
export async function takeTurn(db: Db, { now, next, latest }: Turn): Promise<boolean> {
  const taken = await db
    .insertInto('meta')
    .values({ key: NEXT_TURN_AT, value: next })
    .onConflict((on) =>
      on
        .column('key')
        .doUpdateSet({ value: next })
        .where((where) => where.or([where('meta.value', '<=', now), where('meta.value', '>', latest)])),
    )
    .executeTakeFirst()
  return taken.numInsertedOrUpdatedRows === 1n
}

async function readMeta(db: Db, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}
