import type { Kysely, Updateable } from 'kysely'
import type { Database, DeliveryRow } from './database.ts'

type Db = Kysely<Database>

/** Leaves out those of events that the webhook has a delivery of already. */
export async function insertDeliveries(db: Db, rows: readonly DeliveryRow[]): Promise<void> {
  if (rows.length > 0)
    await db
      .insertInto('webhook_deliveries')
      .values([...rows])
      .onConflict((on) => on.columns(['webhook_id', 'event_seq']).doNothing())
      .execute()
}

export async function findDelivery(db: Db, webhookId: string, id: string): Promise<DeliveryRow | undefined> {
  return await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('id', '=', id)
    .where('webhook_id', '=', webhookId)
    .executeTakeFirst()
}

export async function updateDelivery(db: Db, id: string, columns: Updateable<DeliveryRow>): Promise<void> {
  await db.updateTable('webhook_deliveries').set(columns).where('id', '=', id).execute()
}

/** Says which event a delivery is of, once the event's number is known for good. */
export async function numberDelivery(
  db: Db,
  webhookId: string,
  { id, seq }: { readonly id: string; readonly seq: number },
): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ event_seq: seq })
    .where('id', '=', id)
    .where('webhook_id', '=', webhookId)
    .execute()
}

export interface DeliveryBacklog {
  readonly count: number
  /** When the oldest of them was to be made for the first time. */
  readonly oldest?: string
}

/** For metrics: of every webhook that is enabled. */
export async function readDeliveryBacklog(db: Db): Promise<DeliveryBacklog> {
  const { count, oldest } = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .select((select) => [
      select.fn.countAll<number>().as('count'),
      select.fn.min('webhook_deliveries.created_at').as('oldest'),
    ])
    .where('webhooks.enabled', '=', 1)
    .where('next_attempt_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return { count: Number(count), ...(oldest === null ? {} : { oldest }) }
}

export interface DeliveryPage {
  readonly webhookId: string
  readonly limit: number
  readonly state?: string
  /** Id of the last delivery of the page before. */
  readonly after?: string
}

/** Newest first; one more row than `limit` where there is a further page. */
export async function listDeliveries(db: Db, page: DeliveryPage): Promise<DeliveryRow[]> {
  let query = db.selectFrom('webhook_deliveries').selectAll().where('webhook_id', '=', page.webhookId)
  if (page.state !== undefined) query = query.where('state', '=', page.state)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  return await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** Due ones in the order of their events, as far as these are known: that of a test is not before `numberDelivery`. */
export async function listDueDeliveries(
  db: Db,
  due: { readonly webhookId: string; readonly now: string; readonly limit: number },
): Promise<DeliveryRow[]> {
  return await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('webhook_id', '=', due.webhookId)
    .where('event_seq', '>', 0)
    .where('next_attempt_at', '<=', due.now)
    .orderBy('event_seq')
    .limit(due.limit)
    .execute()
}

/** By webhook. */
export async function countPendingDeliveries(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .select((select) => ['webhook_id', select.fn.countAll<number>().as('count')])
    .where('next_attempt_at', 'is not', null)
    .groupBy('webhook_id')
    .execute()
  return new Map(rows.map(({ webhook_id, count }) => [webhook_id, Number(count)]))
}

/** Gives up what is still to be made. */
export async function failPendingDeliveries(db: Db, webhookId: string, now: string): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', next_attempt_at: null, finished_at: now })
    .where('webhook_id', '=', webhookId)
    .where('next_attempt_at', 'is not', null)
    .execute()
}

/** Gives up tests whose event is not known yet: where the cursor passes it over, nobody numbers them any more. */
export async function failUnnumberedDeliveries(db: Db, webhookId: string, now: string): Promise<void> {
  await db
    .updateTable('webhook_deliveries')
    .set({ state: 'failed', next_attempt_at: null, finished_at: now })
    .where('webhook_id', '=', webhookId)
    .where('event_seq', '<=', 0)
    .where('next_attempt_at', 'is not', null)
    .execute()
}

/** Forgets what ended before; returns how many there were, at most `limit`. */
export async function deleteOldDeliveries(
  db: Db,
  { before, limit }: { before: string; limit: number },
): Promise<number> {
  const old = db.selectFrom('webhook_deliveries').select('id').where('finished_at', '<', before).limit(limit)
  const ids = (await old.execute()).map(({ id }) => id)
  if (ids.length > 0) await db.deleteFrom('webhook_deliveries').where('id', 'in', ids).execute()
  return ids.length
}
