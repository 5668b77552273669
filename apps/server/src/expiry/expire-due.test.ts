import type { Tenant } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const DAY_SECONDS = 86_400
// Rounds run when the test says so; the first one at the start finds nothing.
const BY_HAND = { 'reconcile.expiry_interval_seconds': DAY_SECONDS }

let test: TestServer
let time = Date.parse('2026-03-01T00:00:00.000Z')
const at = (seconds: number) => new Date(time + seconds * 1000).toISOString()
const pass = async (seconds: number) => {
  time += seconds * 1000
  await test.server.expireNow()
}

beforeAll(async () => {
  test = await startTestServer({ now: () => new Date(time), settings: BY_HAND })
})
afterAll(() => test.close())

const paramsOf = (name: string) => ({ params: { tenant: name } })
const read = async (name: string) => (await test.client.getTenant(paramsOf(name))).body
const eventsOf = async (tenant: Tenant) =>
  (await test.client.listTenantEvents({ ...paramsOf(tenant.id), query: { order: 'asc' } })).body.events.filter(
    ({ type }) => !/^operation|created|ready/.test(type),
  )
const typesOf = async (tenant: Tenant) => (await eventsOf(tenant)).map(({ type }) => type)

async function ready(name: string, options: object): Promise<Tenant> {
  const { body } = await test.client.createTenant({ body: { name, ...options } })
  await test.settle(body)
  return body
}

describe('a tenant that expires', () => {
  it('is told of a day before, once, and archived on time by nobody but its time', async () => {
    const tenant = await ready('trial', { expires_at: at(3 * DAY_SECONDS) })
    await pass(2 * DAY_SECONDS - 1)
    expect(await typesOf(tenant)).toEqual([])
    await pass(1)
    await pass(0)
    expect(await eventsOf(tenant)).toMatchObject([
      {
        type: 'tenant.expiring',
        principal: 'expiry',
        data: { expires_at: tenant.expires_at, expiry_action: 'archive' },
      },
    ])
    await pass(DAY_SECONDS - 1)
    expect((await read('trial')).status).toBe('ready')
    await pass(1)
    await pass(0)
    expect((await read('trial')).status).toBe('archiving')
    expect((await eventsOf(tenant)).at(-1)).toMatchObject({ type: 'tenant.archive_requested', principal: 'expiry' })
    expect(test.engine.sendsOf(tenant.id).length).toBeGreaterThan(1)
    await test.settle(tenant)
    await pass(DAY_SECONDS)
    expect(await typesOf(tenant)).toEqual(['tenant.expiring', 'tenant.archive_requested', 'tenant.archived'])
  })

  it('is deleted where that was asked for, at once where it is archived already', async () => {
    const living = await ready('short', { ttl_seconds: 60, expiry_action: 'delete' })
    const archived = await ready('past', { ttl_seconds: 60, expiry_action: 'delete' })
    await test.client.archiveTenant(paramsOf('past'))
    await test.settle(archived)
    await pass(60)
    expect((await read('short')).status).toBe('deleting')
    expect((await problemOf(test.client.getTenant(paramsOf('past')))).status).toBe(404)
    // Nobody could be warned a day before.
    expect(await typesOf(living)).toEqual(['tenant.delete_requested'])
  })

  it('is warned at once when it lives for less than a day', async () => {
    const tenant = await ready('brief', { ttl_seconds: 3600 })
    await pass(0)
    expect(await typesOf(tenant)).toEqual(['tenant.expiring'])
  })

  it('is not tried again for ever when its archive fails; a PUT needs a new time', async () => {
    const tenant = await ready('broken', { expires_at: at(60) })
    await pass(60)
    await test.fail(tenant)
    await pass(DAY_SECONDS)
    expect((await read('broken')).status).toBe('failed')
    const body = { expires_at: tenant.expires_at ?? '' }
    expect(await problemOf(test.client.replaceTenant({ ...paramsOf('broken'), body }))).toMatchObject({
      status: 400,
      detail: expect.stringContaining('has passed'),
    })
    expect((await test.client.retryTenant(paramsOf('broken'))).body.status).toBe('archiving')
    await test.settle(tenant)
    expect((await test.client.replaceTenant({ ...paramsOf('broken'), body: {} })).body.status).toBe('provisioning')
  })

  it('begins its time to live anew when it is brought back', async () => {
    const tenant = await ready('again', { ttl_seconds: 60 })
    await pass(60)
    await test.settle(tenant)
    const { body } = await test.client.replaceTenant({ ...paramsOf('again'), body: { ttl_seconds: 60 } })
    expect(body).toMatchObject({ status: 'provisioning', expires_at: at(60) })
  })

  it('waits while it is paused, but is warned', async () => {
    const tenant = await ready('halted', { ttl_seconds: 3600 })
    await test.client.pauseTenant(paramsOf('halted'))
    await pass(0)
    await pass(7200)
    expect(await read('halted')).toMatchObject({ status: 'ready', paused: true })
    await test.client.unpauseTenant(paramsOf('halted'))
    await pass(0)
    expect((await read('halted')).status).toBe('archiving')
    expect(await typesOf(tenant)).toEqual([
      ...['tenant.paused', 'tenant.expiring', 'tenant.unpaused', 'tenant.archive_requested'],
    ])
  })

  it('stays where it is protected, which is said once; unprotected, it goes', async () => {
    const tenant = await ready('precious', { ttl_seconds: 60, deletion_protection: true })
    await pass(60)
    await pass(60)
    await test.client.patchTenant({ ...paramsOf('precious'), body: { labels: { a: 'b' } } })
    await test.settle(tenant)
    await test.client.patchTenant({ ...paramsOf('precious'), body: { drift_policy: 'heal' } })
    await pass(60)
    expect(await typesOf(tenant)).toEqual(['tenant.expiry_refused', 'tenant.labels_changed', 'tenant.options_changed'])
    await test.client.patchTenant({ ...paramsOf('precious'), body: { deletion_protection: false } })
    await pass(0)
    expect((await read('precious')).status).toBe('archiving')
  })

  it('is expired once by many servers at once', async () => {
    const other = await startTestServer({
      now: () => new Date(time),
      settings: BY_HAND,
      database: test.database,
      engine: test.engine,
    })
    try {
      // Its first round, at its start, must not be still to come.
      await other.server.expireNow()
      const tenants = await Promise.all(['a', 'b', 'c', 'd'].map((name) => ready(`many-${name}`, { ttl_seconds: 60 })))
      time += 60_000
      await Promise.all([test, other, test, other].map(({ server }) => server.expireNow()))
      for (const tenant of tenants) expect(await typesOf(tenant)).toEqual(['tenant.archive_requested'])
    } finally {
      await other.server.close()
    }
  })
})
