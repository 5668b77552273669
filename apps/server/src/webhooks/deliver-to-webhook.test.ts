import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { DeliveryRow, WebhookRow } from '../store/database.ts'
import { listDeliveries, updateDelivery } from '../store/delivery-store.ts'
import type { Store } from '../store/open-store.ts'
import { deleteWebhook, findWebhook, updateWebhook } from '../store/webhook-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { type DeliverDeps, deliverToWebhook } from './deliver-to-webhook.ts'
import { createWebhook } from './manage-webhooks.ts'
import { createNetworkGuard } from './network-guard.ts'

const NOW = new Date('2026-11-26T00:00:00.000Z')
const guard = createNetworkGuard({ allowHttp: true, allowedNetworks: ['127.0.0.0/8'] })
const change = { guard, actor: WORKER_ACTOR, now: NOW }

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

interface Scene {
  readonly events: number
  readonly status: number
  /** While the server that delivers waits for the answer to a request. */
  meanwhile(webhook: WebhookRow): Promise<void>
}

/** Delivers events that nobody else hears of; returns what is stored afterwards. */
async function deliver(scene: Scene): Promise<{ webhook: WebhookRow; deliveries: readonly DeliveryRow[] }> {
  const server = createServer(async (_, response) => {
    await scene.meanwhile(await read(id))
    response.writeHead(scene.status).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const dispatcher = new Agent()
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const types = ['tenant.updated']
  const { id } = await store.transaction((tx) => createWebhook(tx, { url, types }, change))
  onTestFinished(async () => {
    await dispatcher.destroy()
    server.close()
    await deleteWebhook(store.db, id)
  })
  const tenant = { id: 'acme', name: 'acme', generation: 1 }
  const event = { type: 'tenant.updated', tenant, actor: WORKER_ACTOR, at: NOW.toISOString(), data: {} } as const
  await store.transaction(async (tx) => {
    for (let made = 0; made < scene.events; made += 1) await recordEvent(tx, event)
  })
  await deliverToWebhook({ ...deps, dispatcher, transaction: store.transaction }, id)
  return { webhook: await read(id), deliveries: await listDeliveries(store.db, { webhookId: id, limit: 50 }) }
}

const never = new AbortController().signal
const deps: Omit<DeliverDeps, 'dispatcher' | 'transaction'> = {
  holder: 'this',
  timeoutMs: 45_000,
  concurrency: 3,
  disableAfterDays: 5,
  now: () => NOW,
  random: () => 0.5,
  stopping: never,
  abandon: never,
}

const read = async (id: string): Promise<WebhookRow> =>
  (await findWebhook(store.db, id)) ?? expect.unreachable('the webhook is gone')

const later = (ms: number): string => new Date(NOW.getTime() + ms).toISOString()

async function succeed({ id }: WebhookRow): Promise<void> {
  const [made] = await listDeliveries(store.db, { webhookId: id, limit: 1 })
  const columns = { state: 'succeeded', next_attempt_at: null, finished_at: NOW.toISOString() }
  await updateDelivery(store.db, made?.id ?? '', columns)
}

const loseLease = ({ id }: WebhookRow): Promise<void> =>
  updateWebhook(store.db, id, { leased_by: 'other', leased_until: later(60_000) })

describe('a server that delivers', () => {
  it('has the right to for longer than the endpoint may take', async () => {
    const leases: unknown[] = []
    const meanwhile = async ({ leased_by, leased_until }: WebhookRow) => {
      leases.push([leased_by, leased_until])
    }
    await deliver({ events: 1, status: 200, meanwhile })
    expect(leases).toEqual([['this', later(105_000)]])
  })

  it('and has lost the right to meanwhile leaves what failed to its successor', async () => {
    const { webhook, deliveries } = await deliver({ events: 1, status: 410, meanwhile: loseLease })
    expect(webhook).toMatchObject({ enabled: 1, leased_by: 'other', consecutive_failures: 0 })
    expect(deliveries).toMatchObject([{ state: 'pending', attempt_count: 0 }])
  })

  it('and has lost the right to meanwhile still notes what was delivered', async () => {
    const { deliveries } = await deliver({ events: 1, status: 200, meanwhile: loseLease })
    expect(deliveries).toMatchObject([{ state: 'succeeded', attempt_count: 1 }])
  })

  it('takes back no delivery that another one made meanwhile', async () => {
    const { webhook, deliveries } = await deliver({ events: 1, status: 500, meanwhile: succeed })
    expect(deliveries).toMatchObject([{ state: 'succeeded', next_attempt_at: null }])
    expect(webhook.consecutive_failures).toBe(0)
  })
})

describe('an endpoint that is gone', () => {
  it('leaves nothing pending, also of deliveries that were made at the same time', async () => {
    const { webhook, deliveries } = await deliver({ events: 3, status: 410, meanwhile: async () => {} })
    expect(webhook).toMatchObject({ enabled: 0, disabled_reason: 'gone' })
    expect(deliveries).toMatchObject(
      Array.from({ length: 3 }, () => ({ state: 'failed', next_attempt_at: null, attempt_count: 1 })),
    )
  })

  it('says nothing about another one that the webhook leads to by then', async () => {
    const meanwhile = ({ id }: WebhookRow) => updateWebhook(store.db, id, { url: 'http://127.0.0.1:1/' })
    const { webhook, deliveries } = await deliver({ events: 1, status: 410, meanwhile })
    expect(webhook).toMatchObject({ enabled: 1, consecutive_failures: 0, paused_until: null, last_error: null })
    expect(deliveries).toMatchObject([{ state: 'pending', attempt_count: 1 }])
  })
})
