import type { DeliveryAttempt } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database, DeliveryRow, WebhookRow } from '../store/database.ts'
import { failPendingDeliveries, findDelivery, updateDelivery } from '../store/delivery-store.ts'
import { findWebhook, updateWebhook } from '../store/webhook-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { nextAttempt, restMs } from './retry-schedule.ts'
import type { SendResult } from './send-delivery.ts'
import { webhookFacts } from './to-webhook.ts'

export interface Sent {
  readonly delivery: DeliveryRow
  /** Where it was posted to; the webhook may lead elsewhere by now. */
  readonly url: string
  readonly result: SendResult
}

export interface NoteDeps {
  readonly now: () => Date
  /** From 0 to 1. */
  readonly random: () => number
  readonly disableAfterDays: number
}

const KEPT_ATTEMPTS = 20
const GONE = 410
const DAY_MS = 86_400_000

/** Writes down what came of deliveries: when each is tried again, and how the endpoint is doing. */
export async function noteResults(
  tx: Transaction<Database>,
  deps: NoteDeps,
  webhookId: string,
  sent: readonly Sent[],
): Promise<void> {
  for (const { delivery: before, url, result } of sent) {
    const webhook = await findWebhook(tx, webhookId)
    if (webhook === undefined) return
    const delivery = await findDelivery(tx, webhookId, before.id)
    // Another server that made it meanwhile has the last word.
    if (delivery === undefined || delivery.state === 'succeeded') continue
    await noteDelivery(tx, deps, delivery, result.attempt)
    if (url === webhook.url) await noteEndpoint(tx, deps, webhook, result)
  }
}

async function noteDelivery(
  tx: Transaction<Database>,
  { now, random }: NoteDeps,
  delivery: DeliveryRow,
  attempt: DeliveryAttempt,
): Promise<void> {
  const before = JSON.parse(delivery.attempts) as DeliveryAttempt[]
  const attempts = [...before, attempt].slice(-KEPT_ATTEMPTS)
  const counted = { attempt_count: delivery.attempt_count + 1, attempts: JSON.stringify(attempts) }
  const at = now()
  const isDelivered = attempt.error === undefined
  const since = new Date(delivery.retrying_since)
  const tried = attempts.filter((one) => Date.parse(one.at) >= since.getTime()).length
  // Given up while it was under way: the endpoint is gone.
  const isGivenUp = delivery.next_attempt_at === null
  const schedule = { attempts: tried, since, now: at, chance: random() }
  const next = isDelivered || isGivenUp ? undefined : nextAttempt(schedule)
  await updateDelivery(tx, delivery.id, {
    ...counted,
    state: isDelivered ? 'succeeded' : next === undefined ? 'failed' : 'pending',
    next_attempt_at: next?.toISOString() ?? null,
    finished_at: next === undefined ? at.toISOString() : null,
  })
}

async function noteEndpoint(
  tx: Transaction<Database>,
  deps: NoteDeps,
  webhook: WebhookRow,
  { attempt, retryAfterMs }: SendResult,
): Promise<void> {
  if (attempt.error === undefined) {
    const well = { consecutive_failures: 0, paused_until: null, failing_since: null, last_error: null }
    return await updateWebhook(tx, webhook.id, well)
  }
  const now = deps.now()
  const failures = webhook.consecutive_failures + 1
  const failingSince = webhook.failing_since ?? now.toISOString()
  await updateWebhook(tx, webhook.id, {
    consecutive_failures: failures,
    paused_until: new Date(now.getTime() + restMs(failures, retryAfterMs)).toISOString(),
    failing_since: failingSince,
    last_error: attempt.error,
  })
  const failedForMs = now.getTime() - Date.parse(failingSince)
  const isFailing = failedForMs >= deps.disableAfterDays * DAY_MS
  const reason = attempt.status_code === GONE ? 'gone' : isFailing ? 'failing' : undefined
  if (reason === undefined || webhook.enabled === 0) return
  await updateWebhook(tx, webhook.id, { enabled: 0, disabled_reason: reason, updated_at: now.toISOString() })
  await failPendingDeliveries(tx, webhook.id, now.toISOString())
  await recordEvent(tx, {
    type: 'webhook.disabled',
    actor: WORKER_ACTOR,
    at: now.toISOString(),
    data: { ...webhookFacts(webhook), reason, failing_since: failingSince, last_error: attempt.error },
  })
}
