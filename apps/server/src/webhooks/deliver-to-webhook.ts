import type { Event } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Dispatcher } from 'undici'
import type { Database, DeliveryRow, WebhookRow } from '../store/database.ts'
import { listDueDeliveries, updateDelivery } from '../store/delivery-store.ts'
import { findEvents } from '../store/event-store.ts'
import type { Store } from '../store/open-store.ts'
import { endLease, findWebhook, takeLease } from '../store/webhook-store.ts'
import { fanOut } from './fan-out.ts'
import { type NoteDeps, noteResults, type Sent } from './note-results.ts'
import { sendDelivery } from './send-delivery.ts'

export interface DeliverDeps extends NoteDeps {
  readonly transaction: Store['transaction']
  readonly dispatcher: Dispatcher
  /** This server, for the time that it runs. */
  readonly holder: string
  readonly timeoutMs: number
  readonly concurrency: number
  /** No new deliveries are begun. */
  readonly stopping: AbortSignal
  /** Those under way are given up, to be made again by whoever comes next. */
  readonly abandon: AbortSignal
}

/** So much longer than a delivery is a lease: for the writes around it, even on a clock that is a little off. */
const LEASE_MARGIN_MS = 60_000

interface Round {
  readonly webhook: WebhookRow
  readonly due: readonly Due[]
  /** There was more than one round holds. */
  readonly hasMore: boolean
}

interface Due {
  readonly delivery: DeliveryRow
  readonly event: Event
}

/**
 * Delivers what is due to one webhook, in the order of events as long as its endpoint takes them. Only the holder of the lease
 * does: whoever dies between sending and noting loses it, and the next one sends the same message again.
 */
export async function deliverToWebhook(deps: DeliverDeps, webhookId: string): Promise<void> {
  let sent: readonly Sent[] = []
  for (;;) {
    const round = await deps.transaction((tx) => nextRound(tx, deps, webhookId, sent))
    if (round === undefined) return
    sent = await sendAll(deps, round)
  }
}

/** Notes the last round and begins the next one. Undefined when there is nothing more to do here. */
async function nextRound(
  tx: Transaction<Database>,
  deps: DeliverDeps,
  webhookId: string,
  sent: readonly Sent[],
): Promise<Round | undefined> {
  const now = deps.now()
  const until = new Date(now.getTime() + deps.timeoutMs + LEASE_MARGIN_MS).toISOString()
  const isHolder = await takeLease(tx, webhookId, { holder: deps.holder, now: now.toISOString(), until })
  // What failed is the new holder's to try, which knows better how the endpoint is doing.
  await noteResults(tx, deps, webhookId, isHolder ? sent : sent.filter(isDelivered))
  if (!isHolder) return undefined
  const round = deps.stopping.aborted ? undefined : await readRound(tx, deps, webhookId)
  if (round !== undefined && (round.due.length > 0 || round.hasMore)) return round
  await endLease(tx, webhookId, deps.holder)
  return undefined
}

function isDelivered({ result }: Sent): boolean {
  return result.attempt.error === undefined
}

async function readRound(
  tx: Transaction<Database>,
  { now, concurrency }: DeliverDeps,
  webhookId: string,
): Promise<Round | undefined> {
  const webhook = await findWebhook(tx, webhookId)
  const at = now().toISOString()
  if (webhook === undefined || webhook.enabled === 0 || (webhook.paused_until ?? '') > at) return undefined
  const hasMore = await fanOut(tx, webhook, at)
  // One that fails is asked with a single delivery whether it is back.
  const limit = webhook.consecutive_failures > 0 ? 1 : concurrency
  const due = await listDueDeliveries(tx, { webhookId, now: at, limit })
  const events = await findEvents(
    tx,
    due.map(({ event_seq }) => Number(event_seq)),
  )
  return { webhook, hasMore, due: await withEvents(tx, due, { events, at }) }
}

/** What cannot be told any more is given up. */
async function withEvents(
  tx: Transaction<Database>,
  due: readonly DeliveryRow[],
  { events, at }: { readonly events: ReadonlyMap<number, Event>; readonly at: string },
): Promise<readonly Due[]> {
  const found: Due[] = []
  for (const delivery of due) {
    const event = events.get(Number(delivery.event_seq))
    if (event !== undefined) found.push({ delivery, event })
    else await updateDelivery(tx, delivery.id, { state: 'failed', next_attempt_at: null, finished_at: at })
  }
  return found
}

async function sendAll(deps: DeliverDeps, { webhook, due }: Round): Promise<readonly Sent[]> {
  const at = deps.now()
  const secrets = [
    webhook.secret,
    ...((webhook.previous_secret_expires_at ?? '') > at.toISOString() ? [webhook.previous_secret ?? ''] : []),
  ].filter((secret) => secret !== '')
  const { dispatcher, timeoutMs, now, abandon: signal } = deps
  const send = async ({ delivery, event }: Due): Promise<Sent | undefined> => {
    try {
      const { url } = webhook
      const message = { id: delivery.id, url, secrets, event }
      return { delivery, url, result: await sendDelivery(message, { dispatcher, timeoutMs, now, signal }) }
    } catch (error) {
      if (!signal.aborted) throw error
      return undefined
    }
  }
  return (await Promise.all(due.map(send))).filter((sent) => sent !== undefined)
}
