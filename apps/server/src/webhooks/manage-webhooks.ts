import { randomBytes } from 'node:crypto'
import type { CreateWebhookRequest, PatchWebhookRequest } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database, DeliveryRow, WebhookRow } from '../store/database.ts'
import { failUnnumberedDeliveries, findDelivery, insertDeliveries, updateDelivery } from '../store/delivery-store.ts'
import { newestEvent } from '../store/event-store.ts'
import { countWebhooks, deleteWebhook, findWebhook, insertWebhook, updateWebhook } from '../store/webhook-store.ts'
import type { Actor } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { checkWebhook } from './check-webhook.ts'
import { newDelivery } from './fan-out.ts'
import type { NetworkGuard } from './network-guard.ts'
import { webhookFacts, withoutQuery } from './to-webhook.ts'

type Tx = Transaction<Database>

export interface WebhookChange {
  readonly guard: NetworkGuard
  readonly actor: Actor
  readonly now: Date
}

/** Each costs every event a little. */
const MOST_WEBHOOKS = 100
const SECRET_BYTES = 32
const EVERY_TYPE = ['*']

/** Tells of what is recorded from now on. Throws `HttpProblem` for what can be no webhook. */
export async function createWebhook(tx: Tx, body: CreateWebhookRequest, change: WebhookChange): Promise<WebhookRow> {
  const { guard, actor, now } = change
  checkWebhook(guard, body)
  if ((await countWebhooks(tx)) >= MOST_WEBHOOKS) {
    const detail = `there are ${MOST_WEBHOOKS} webhooks already; delete one, or let one endpoint take more types`
    throw new HttpProblem({ code: 'conflict', detail })
  }
  const at = now.toISOString()
  const isEnabled = body.enabled ?? true
  const row: WebhookRow = {
    id: uuidv7(),
    url: body.url,
    description: body.description ?? null,
    types: JSON.stringify(body.types ?? EVERY_TYPE),
    label_selector: body.label_selector ?? null,
    enabled: isEnabled ? 1 : 0,
    disabled_reason: isEnabled ? null : 'requested',
    secret: newSecret(),
    previous_secret: null,
    previous_secret_expires_at: null,
    cursor: await newestEvent(tx),
    ...healthy,
    leased_by: null,
    leased_until: null,
    created_at: at,
    updated_at: at,
  }
  await insertWebhook(tx, row)
  const { types = EVERY_TYPE, label_selector: selector } = body
  const data = { ...webhookFacts(row), types, ...(selector === undefined ? {} : { label_selector: selector }) }
  await recordEvent(tx, { type: 'webhook.created', actor, at, data })
  return row
}

/** Throws `HttpProblem` for what can be no webhook. */
export async function patchWebhook(
  tx: Tx,
  row: WebhookRow,
  patch: PatchWebhookRequest,
  { guard, actor, now }: WebhookChange,
): Promise<WebhookRow> {
  checkWebhook(guard, patch)
  const at = now.toISOString()
  // What a server that delivers writes is none of it.
  const columns: Partial<WebhookRow> = {
    ...(patch.url === undefined ? {} : { url: patch.url }),
    ...(patch.types === undefined ? {} : { types: JSON.stringify(patch.types) }),
    ...(patch.description === undefined ? {} : { description: patch.description }),
    ...(patch.label_selector === undefined ? {} : { label_selector: patch.label_selector }),
    ...(patch.enabled === undefined ? {} : await enabling(tx, row, patch.enabled, at)),
  }
  const changes = describeChanges(row, { ...row, ...columns })
  if (changes.length === 0) return row
  // What was wrong with the endpoint says nothing about another one.
  const isElsewhere = patch.url !== undefined && patch.url !== row.url
  const written = { ...columns, ...(isElsewhere ? healthy : {}), updated_at: at }
  await updateWebhook(tx, row.id, written)
  const saved = { ...row, ...written }
  await recordEvent(tx, { type: 'webhook.updated', actor, at, data: { ...webhookFacts(saved), changes } })
  return saved
}

export async function removeWebhook(tx: Tx, row: WebhookRow, { actor, now }: WebhookChange): Promise<void> {
  await deleteWebhook(tx, row.id)
  await recordEvent(tx, { type: 'webhook.deleted', actor, at: now.toISOString(), data: webhookFacts(row) })
}

/** For a while both secrets sign, so that receivers can change over one after the other. */
export async function rotateSecret(
  tx: Tx,
  row: WebhookRow,
  keepSeconds: number,
  { actor, now }: WebhookChange,
): Promise<WebhookRow> {
  const at = now.toISOString()
  const expiresAt = new Date(now.getTime() + keepSeconds * 1000).toISOString()
  const secrets = { secret: newSecret(), previous_secret: row.secret, previous_secret_expires_at: expiresAt }
  await updateWebhook(tx, row.id, { ...secrets, updated_at: at })
  const data = { ...webhookFacts(row), previous_secret_expires_at: expiresAt }
  await recordEvent(tx, { type: 'webhook.secret_rotated', actor, at, data })
  return { ...row, ...secrets, updated_at: at }
}

/** Records a test event and its delivery to this webhook alone. */
export async function sendTest(tx: Tx, row: WebhookRow, { actor, now }: WebhookChange): Promise<DeliveryRow> {
  requireEnabled(row)
  const at = now.toISOString()
  const id = uuidv7()
  const data = { ...webhookFacts(row), delivery_id: id, message: 'a test of this webhook' }
  // Not its number for good: `fanOut` puts that right.
  const seq = await recordEvent(tx, { type: 'webhook.test', actor, at, data })
  const delivery = { ...newDelivery(row.id, { seq, type: 'webhook.test', now: at }), id }
  await insertDeliveries(tx, [delivery])
  await updateWebhook(tx, row.id, { paused_until: null })
  return delivery
}

/** Once more under the same id, now, and then for three days. */
export async function redeliver(tx: Tx, row: WebhookRow, id: string, { now }: WebhookChange): Promise<DeliveryRow> {
  requireEnabled(row)
  const delivery = await requireDelivery(tx, row.id, id)
  if (delivery.finished_at !== null && Number(delivery.event_seq) <= 0) {
    const detail = `delivery ${id} is of a test that was given up before it was sent; send another one: POST /v1/webhooks/${row.id}/test`
    throw new HttpProblem({ code: 'conflict', detail })
  }
  const at = now.toISOString()
  const again = { state: 'pending', next_attempt_at: at, retrying_since: at, finished_at: null }
  await updateDelivery(tx, delivery.id, again)
  await updateWebhook(tx, row.id, { paused_until: null })
  return { ...delivery, ...again }
}

/** Throws `HttpProblem` when there is none. */
export async function requireWebhook(tx: Tx | Parameters<typeof findWebhook>[0], id: string): Promise<WebhookRow> {
  const row = await findWebhook(tx, id)
  if (row !== undefined) return row
  const detail = `there is no webhook ${JSON.stringify(id)}; GET /v1/webhooks lists them`
  throw new HttpProblem({ code: 'not_found', detail })
}

/** Throws `HttpProblem` when there is none. */
export async function requireDelivery(
  db: Parameters<typeof findDelivery>[0],
  webhookId: string,
  id: string,
): Promise<DeliveryRow> {
  const row = await findDelivery(db, webhookId, id)
  if (row !== undefined) return row
  const detail = `there is no delivery ${JSON.stringify(id)}, or it is kept no longer; GET /v1/webhooks/${webhookId}/deliveries lists them`
  throw new HttpProblem({ code: 'not_found', detail })
}

const healthy = { consecutive_failures: 0, paused_until: null, failing_since: null, last_error: null }

async function enabling(tx: Tx, row: WebhookRow, isEnabled: boolean, at: string): Promise<Partial<WebhookRow>> {
  if (isEnabled === (row.enabled === 1)) return {}
  await failUnnumberedDeliveries(tx, row.id, at)
  if (!isEnabled) return { enabled: 0, disabled_reason: 'requested' }
  return { enabled: 1, disabled_reason: null, cursor: await newestEvent(tx), ...healthy }
}

function describeChanges(before: WebhookRow, after: WebhookRow): object[] {
  const shown = (row: WebhookRow) => ({
    url: withoutQuery(row.url),
    description: row.description,
    types: JSON.parse(row.types) as string[],
    label_selector: row.label_selector,
    enabled: row.enabled === 1,
  })
  const [from, to] = [shown(before), shown(after)]
  const keys = Object.keys(from) as (keyof typeof from)[]
  const changed = keys.filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]))
  // A query that changed shows only as a change of the URL.
  const isOther = before.url !== after.url && !changed.includes('url')
  return [
    ...changed.map((key) => ({ path: `/${key}`, from: from[key], to: to[key] })),
    ...(isOther ? [{ path: '/url' }] : []),
  ]
}

function requireEnabled({ id, enabled }: WebhookRow): void {
  if (enabled === 1) return
  const detail = `webhook ${id} is disabled; enable it first: PATCH /v1/webhooks/${id} with {"enabled":true}`
  throw new HttpProblem({ code: 'conflict', detail })
}

function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`
}
