import type { Event } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { type EventFilter, expandKnownTypes, matches } from '../events/event-filter.ts'
import type { Database, DeliveryRow, WebhookRow } from '../store/database.ts'
import { insertDeliveries, numberDelivery } from '../store/delivery-store.ts'
import { listEvents } from '../store/event-store.ts'
import { updateWebhook } from '../store/webhook-store.ts'
import { parseLabelSelector } from '../tenants/parse-label-selector.ts'

const BATCH = 500

/**
 * Makes deliveries of the events that were recorded since the last time. Together with moving the cursor: no event is left out,
 * and none is there twice, whoever dies. Returns whether there may be more.
 */
export async function fanOut(db: Kysely<Database>, webhook: WebhookRow, now: string): Promise<boolean> {
  const events = await listEvents(db, { after: Number(webhook.cursor), order: 'asc', limit: BATCH })
  const last = events.at(-1)
  if (last === undefined) return false
  const filter = filterOf(webhook)
  // A test is for the webhook that it was asked for, and its delivery is there already.
  const [tests, others] = [events.filter(isTest), events.filter((event) => !isTest(event))]
  for (const { id, data } of tests)
    await numberDelivery(db, webhook.id, { id: String(data.delivery_id), seq: Number(id) })
  const wanted = others.filter((event) => matches(filter, event))
  await insertDeliveries(
    db,
    wanted.map(({ id, type }) => newDelivery(webhook.id, { seq: Number(id), type, now })),
  )
  await updateWebhook(db, webhook.id, { cursor: Number(last.id) })
  return events.length === BATCH
}

function isTest({ type }: Event): boolean {
  return type === 'webhook.test'
}

export function newDelivery(
  webhookId: string,
  { seq, type, now }: { readonly seq: number; readonly type: string; readonly now: string },
): DeliveryRow {
  return {
    id: uuidv7(),
    webhook_id: webhookId,
    event_seq: seq,
    event_type: type,
    state: 'pending',
    attempt_count: 0,
    attempts: '[]',
    next_attempt_at: now,
    retrying_since: now,
    created_at: now,
    finished_at: null,
  }
}

// A newer server may have stored types that this one does not know.
function filterOf({ types, label_selector: selector }: WebhookRow): EventFilter {
  const expanded = expandKnownTypes(JSON.parse(types))
  return { labels: parseLabelSelector(selector ?? ''), ...(expanded === undefined ? {} : { types: expanded }) }
}
