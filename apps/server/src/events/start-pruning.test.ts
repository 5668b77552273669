import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { testSettings } from '../../test/start-test-server.ts'
import { createTestDatabase, type TestDatabase } from '../../test/test-database.ts'
import type { Store } from '../store/open-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { createWebhook } from '../webhooks/manage-webhooks.ts'
import { createNetworkGuard } from '../webhooks/network-guard.ts'
import { prune } from './start-pruning.ts'

const NOW = new Date('2026-06-30T00:00:00.000Z')
const guard = createNetworkGuard({ allowHttp: false, allowedNetworks: [] })
let database: TestDatabase
let store: Store

beforeAll(async () => {
  database = await createTestDatabase()
  store = await database.open()
  await store.transaction(async (tx) => {
    for (let day = 1; day <= 1200; day += 1) {
      const at = new Date(NOW.getTime() - (1200 - day) * 86_400_000).toISOString()
      await recordEvent(tx, { type: 'webhook.deleted', actor: WORKER_ACTOR, at })
    }
  })
})
afterAll(async () => {
  await store.close()
  await database.drop()
})

async function pruned(settings: Record<string, unknown>): Promise<{ deleted: number; oldest: number }> {
  const deps = { store, settings: testSettings(settings), now: () => NOW, logger: pino({ level: 'silent' }) }
  // Two servers at once.
  const counts = await Promise.all([prune(deps), prune(deps)])
  const { seq } = await store.db.selectFrom('events').select('seq').orderBy('seq').executeTakeFirstOrThrow()
  return { deleted: counts.reduce((sum, { events }) => sum + events, 0), oldest: Number(seq) }
}

it('keeps events for ever, unless the settings say for how long', async () => {
  expect(await pruned({})).toEqual({ deleted: 0, oldest: 1 })
  expect(await pruned({ 'events.retention_days': 400 })).toEqual({ deleted: 799, oldest: 800 })
})

it('keeps what a webhook still has to be told of, and the newest event', async () => {
  const { id } = await store.transaction((tx) =>
    createWebhook(tx, { url: 'https://example.com/' }, { guard, actor: WORKER_ACTOR, now: NOW }),
  )
  await store.db.updateTable('webhooks').set({ cursor: 1000 }).where('id', '=', id).execute()
  expect(await pruned({ 'events.retention_days': 1 })).toEqual({ deleted: 201, oldest: 1001 })
  await store.db.deleteFrom('webhooks').execute()
  const later = { ...testSettings({ 'events.retention_days': 1 }) }
  const deps = { store, settings: later, now: () => new Date('2030-01-01'), logger: pino({ level: 'silent' }) }
  await prune(deps)
  expect(await store.db.selectFrom('events').select('seq').execute()).toHaveLength(1)
})
