import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'
import type { Principal } from '../tenants/actor.ts'
import { parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { sees } from '../tenants/tenant-visibility.ts'
import { listEvents, onlyVisible } from './event-store.ts'
import { countTenants, listTenants } from './list-tenants.ts'
import type { Store } from './open-store.ts'

const TENANTS: Readonly<Record<string, Record<string, string>>> = {
  bare: {},
  basic: { tier: 'basic' },
  pro: { tier: 'pro', region: 'eu' },
  trial: { tier: 'pro', trial: '' },
  odd: { constructor: 'x' },
}

let test: TestServer
let store: Store

beforeAll(async () => {
  test = await startTestServer()
  for (const [name, labels] of Object.entries(TENANTS)) {
    await test.client.createTenant({ body: { name, labels } })
    const { body: gone } = await test.client.createTenant({ body: { name: `gone-${name}`, labels } })
    await test.client.deleteTenant({ params: { tenant: gone.id } })
    await test.settle(gone)
  }
  store = await test.database.open()
})
afterAll(async () => {
  await store.close()
  await test.close()
})

const limitedTo = (selector: string): Principal => ({
  principal: 'token:test',
  scope: 'read',
  selector: parseLabelSelector(selector),
})
const ORDER = { order: { column: 'name', direction: 'asc' }, limit: 100, offset: 0 } as const

describe('what is there for a principal', () => {
  it.each([
    '',
    'tier=pro',
    'tier!=pro',
    'tier in (pro,basic)',
    'tier notin (pro,basic)',
    'trial',
    '!trial',
    'trial=',
    'tier=pro,!trial',
    'constructor',
    'toString',
    'tier=gold',
  ])('is the same in SQL and out of it: %j', async (selector) => {
    const reader = limitedTo(selector)
    const expected = Object.keys(TENANTS).filter((name) => sees(reader, TENANTS[name] ?? {}))
    const filter = { reader, includeArchived: true, labels: [] }
    const names = (await listTenants(store.db, filter, ORDER)).map((tenant) => tenant.name)
    expect(names).toEqual(expected.toSorted())
    expect(await countTenants(store.db, filter)).toBe(expected.length)
    const events = await listEvents(store.db, { reader, limit: 500, order: 'asc' })
    // As a stream has it: every event at hand, and those that are there for the reader.
    const all = await listEvents(store.db, { reader: limitedTo(''), limit: 500, order: 'asc' })
    expect(await onlyVisible(store.db, all, reader)).toEqual(events)
    const told = new Set(events.map((event) => event.tenant_name))
    // What was deleted is judged by the labels that it had.
    expect([...told].sort()).toEqual(expected.flatMap((name) => [name, `gone-${name}`]).sort())
  })

  it('narrows what a query asks for, and never widens it', async () => {
    const filter = { reader: limitedTo('tier=pro'), includeArchived: true, labels: parseLabelSelector('!trial') }
    expect((await listTenants(store.db, filter, ORDER)).map((tenant) => tenant.name)).toEqual(['pro'])
  })
})
