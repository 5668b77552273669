import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { DeliveryRow, WebhookRow } from '../store/database.ts'
import { findDelivery, insertDeliveries, listDueDeliveries, readDeliveryBacklog } from '../store/delivery-store.ts'
import { newestEvent } from '../store/event-store.ts'
import type { Store } from '../store/open-store.ts'
import { deleteWebhook, listDueWebhooks, oldestNeededEvent } from '../store/webhook-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { fanOut, newDelivery } from './fan-out.ts'
import { createWebhook, patchWebhook, redeliver, requireWebhook } from './manage-webhooks.ts'
import { createNetworkGuard } from './network-guard.ts'

const AT = '2026-11-26T00:00:00.000Z'
const guard = createNetworkGuard({ allowHttp: false, allowedNetworks: [] })
const change = { guard, actor: WORKER_ACTOR, now: new Date(AT) }

let database: TestDatabase
let store: Store

beforeAll(async () => {
  database = await createTestDatabase()
  store = await database.open()
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

/** Deleted with the test. */
async function make(): Promise<WebhookRow> {
  const body = { url: 'https://example.com/', types: ['tenant.created'] }
  const row = await store.transaction((tx) => createWebhook(tx, body, change))
  onTestFinished(() => deleteWebhook(store.db, row.id))
  return row
}

async function insert({ id }: WebhookRow, seq: number): Promise<DeliveryRow> {
  const delivery = newDelivery(id, { seq, type: 'webhook.test', now: AT })
  await insertDeliveries(store.db, [delivery])
  return delivery
}

const enable = (id: string, enabled: boolean) =>
  store.transaction(async (tx) => patchWebhook(tx, await requireWebhook(tx, id), { enabled }, change))

/** As a server does that delivers. */
const catchUp = (id: string) => store.transaction(async (tx) => fanOut(tx, await requireWebhook(tx, id), AT))

it('a test whose event was passed over while the webhook was disabled is given up, and can only be sent anew', async () => {
  const webhook = await make()
  const { id } = await insert(webhook, -7)
  await enable(webhook.id, false)
  await enable(webhook.id, true)
  expect(await findDelivery(store.db, webhook.id, id)).toMatchObject({ state: 'failed', next_attempt_at: null })
  const again = store.transaction(async (tx) => redeliver(tx, await requireWebhook(tx, webhook.id), id, change))
  await expect(again).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('/test') })
})

it('a test whose event is not known yet is not due, and holds up neither deliveries nor the pruning of events', async () => {
  const webhook = await make()
  await catchUp(webhook.id)
  await insert(webhook, -8)
  expect(await listDueDeliveries(store.db, { webhookId: webhook.id, now: AT, limit: 1 })).toEqual([])
  expect(await listDueWebhooks(store.db, { holder: 'server', now: AT })).toEqual([])
  expect(await oldestNeededEvent(store.db)).toBe((await newestEvent(store.db)) + 1)
})

it('deliveries to a disabled webhook keep no events, and make nobody wait', async () => {
  const webhook = await make()
  await insert(webhook, 1)
  expect(await oldestNeededEvent(store.db)).toBe(1)
  expect(await readDeliveryBacklog(store.db)).toEqual({ count: 1, oldest: AT })
  await enable(webhook.id, false)
  expect(await oldestNeededEvent(store.db)).toBeUndefined()
  expect(await readDeliveryBacklog(store.db)).toEqual({ count: 0 })
})
