import type { Kysely, Updateable } from 'kysely'
import type { Database, WebhookRow } from './database.ts'

type Db = Kysely<Database>

export async function insertWebhook(db: Db, row: WebhookRow): Promise<void> {
  await db.insertInto('webhooks').values(row).execute()
}

/** In a transaction that writes, the webhook is this transaction's until it ends: no other server changes it or delivers to it. */
export async function findWebhook(db: Db, id: string): Promise<WebhookRow | undefined> {
  const query = db.selectFrom('webhooks').selectAll().where('id', '=', id)
  const row = await (db.isTransaction ? query.forUpdate() : query).executeTakeFirst()
  return row === undefined ? undefined : { ...row, cursor: Number(row.cursor) }
}

export async function listWebhooks(db: Db): Promise<WebhookRow[]> {
  return await db.selectFrom('webhooks').selectAll().orderBy('id').execute()
}

export async function countWebhooks(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('webhooks')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function updateWebhook(db: Db, id: string, columns: Updateable<WebhookRow>): Promise<void> {
  await db.updateTable('webhooks').set(columns).where('id', '=', id).execute()
}

export async function deleteWebhook(db: Db, id: string): Promise<void> {
  await db.deleteFrom('webhooks').where('id', '=', id).execute()
}

export interface Lease {
  readonly holder: string
  readonly now: string
  readonly until: string
}

/** Takes the sole right to deliver to a webhook, or keeps it; false while another server has it. */
export async function takeLease(db: Db, id: string, { holder, now, until }: Lease): Promise<boolean> {
  const taken = await db
    .updateTable('webhooks')
    .set({ leased_by: holder, leased_until: until })
    .where('id', '=', id)
    .where((where) =>
      where.or([where('leased_by', '=', holder), where('leased_until', 'is', null), where('leased_until', '<', now)]),
    )
    .executeTakeFirst()
  return taken.numUpdatedRows === 1n
}

export async function endLease(db: Db, id: string, holder: string): Promise<void> {
  await db
    .updateTable('webhooks')
    .set({ leased_by: null, leased_until: null })
    .where('id', '=', id)
    .where('leased_by', '=', holder)
    .execute()
}

/** Webhooks for which there is something to do, and which no other server is at. */
export async function listDueWebhooks(db: Db, { holder, now }: Omit<Lease, 'until'>): Promise<string[]> {
  const rows = await db
    .selectFrom('webhooks')
    .select('webhooks.id')
    .where('enabled', '=', 1)
    .where((where) => where.or([where('paused_until', 'is', null), where('paused_until', '<=', now)]))
    .where((where) =>
      where.or([where('leased_by', '=', holder), where('leased_until', 'is', null), where('leased_until', '<', now)]),
    )
    .where((where) =>
      where.or([
        where(
          'webhooks.cursor',
          '<',
          where.selectFrom('events').select((select) => select.fn.max('seq').as('newest')),
        ),
        where.exists(
          where
            .selectFrom('webhook_deliveries')
            .select('webhook_deliveries.id')
            .whereRef('webhook_deliveries.webhook_id', '=', 'webhooks.id')
            .where('event_seq', '>', 0)
            .where('next_attempt_at', '<=', now),
        ),
      ]),
    )
    .execute()
  return rows.map(({ id }) => id)
}

/** Sequence number of the oldest event that a webhook still needs; undefined when none does. A disabled one needs none. */
export async function oldestNeededEvent(db: Db): Promise<number | undefined> {
  const { cursor } = await db
    .selectFrom('webhooks')
    .select((select) => select.fn.min('cursor').as('cursor'))
    .where('enabled', '=', 1)
    .executeTakeFirstOrThrow()
  const { seq } = await db
    .selectFrom('webhook_deliveries')
    .innerJoin('webhooks', 'webhooks.id', 'webhook_deliveries.webhook_id')
    .select((select) => select.fn.min('event_seq').as('seq'))
    .where('webhooks.enabled', '=', 1)
    .where('event_seq', '>', 0)
    .where('next_attempt_at', 'is not', null)
    .executeTakeFirstOrThrow()
  const needed = [...(cursor === null ? [] : [Number(cursor) + 1]), ...(seq === null ? [] : [Number(seq)])]
  return needed.length === 0 ? undefined : Math.min(...needed)
}
