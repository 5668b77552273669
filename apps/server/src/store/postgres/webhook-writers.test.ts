import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../test/test-database.ts'
import { WORKER_ACTOR } from '../../tenants/actor.ts'
import { fanOut } from '../../webhooks/fan-out.ts'
import { createWebhook, patchWebhook, requireWebhook, rotateSecret } from '../../webhooks/manage-webhooks.ts'
import { createNetworkGuard } from '../../webhooks/network-guard.ts'
import type { WebhookRow } from '../database.ts'
import { newestEvent } from '../event-store.ts'
import type { Store } from '../open-store.ts'
import { findWebhook, updateWebhook } from '../webhook-store.ts'

const PATIENCE = { timeout: 10_000, interval: 10 }
const AT = '2026-11-26T00:00:00.000Z'
const change = {
  guard: createNetworkGuard({ allowHttp: false, allowedNetworks: [] }),
  actor: WORKER_ACTOR,
  now: new Date(AT),
}

let database: TestDatabase
let stores: [Store, Store]

beforeAll(async () => {
  database = await createTestDatabase()
  stores = [await database.open(), await database.open()]
})
afterAll(async () => {
  await Promise.all(stores.map((store) => store.close()))
  await database.drop()
})

const create = (): Promise<WebhookRow> =>
  stores[0].transaction((tx) => createWebhook(tx, { url: 'https://example.com/' }, change))

const read = async (id: string): Promise<WebhookRow> =>
  (await findWebhook(stores[0].db, id)) ?? expect.unreachable('the webhook is gone')

type Tx = Parameters<typeof patchWebhook>[0]

it.each([
  ['patched', (row: WebhookRow, tx: Tx) => patchWebhook(tx, row, { types: ['tenant.*'] }, change)],
  ['given a new secret', (row: WebhookRow, tx: Tx) => rotateSecret(tx, row, 60, change)],
] as const)('a webhook that is %s while another server delivers keeps what that one wrote', async (_, write) => {
  const { id } = await create()
  const [delivering, serving] = stores
  let writing: Promise<WebhookRow> | undefined
  await delivering.transaction(async (tx) => {
    await fanOut(tx, await requireWebhook(tx, id), AT)
    await updateWebhook(tx, id, { leased_by: 'delivering', secret: 'whsec_newer' })
    writing = serving.transaction(async (other) => write(await requireWebhook(other, id), other))
    await vi.waitFor(async () => {
      const mine = 'datname = current_database()'
      const waiting = `select 1 from pg_stat_activity where ${mine} and wait_event_type = 'Lock'`
      expect(await database.query(waiting)).not.toEqual([])
    }, PATIENCE)
  })
  const written = await writing
  const after = await read(id)
  expect(after).toMatchObject({ leased_by: 'delivering' })
  expect([after.secret, after.previous_secret]).toContain('whsec_newer')
  expect(after.cursor).toBeGreaterThan(0)
  expect(written).toEqual(after)
})

it('a webhook whose cursor fell behind its deliveries goes on', async () => {
  const { id } = await create()
  const store = stores[0]
  const fan = () => store.transaction(async (tx) => fanOut(tx, await requireWebhook(tx, id), AT))
  await fan()
  await store.transaction((tx) => updateWebhook(tx, id, { cursor: 0 }))
  await fan()
  expect((await read(id)).cursor).toBe(await newestEvent(store.db))
})
