import type { CreateTenantRequest, Tenant } from '@landlord/api-contract'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ObservedFleet, observedFleet, type Sight } from '../../test/observed-fleet.ts'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const INTERVAL_SECONDS = 300
/** From one look at everybody to the next, at most: until each tenant's own moment, and what chance adds to it. */
const ROUND_SECONDS = 481

let test: TestServer
let fleet: ObservedFleet
let tenants: Tenant[]
let now: Date
const later = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1000)
}

type Wishes = Pick<CreateTenantRequest, 'drift_policy' | 'drift_ignore'>

/** A server with ready tenants, which were never looked at. */
async function start(names: readonly string[], wishes: Wishes = {}, drift: object = {}): Promise<void> {
  now = new Date('2026-11-20T12:00:00.000Z')
  test = await startTestServer({ now: () => now, settings: { drift: { max_per_second: 1000, ...drift } } })
  tenants = await Promise.all(
    names.map(async (name) => (await test.client.createTenant({ body: { name, ...wishes } })).body),
  )
  for (const tenant of tenants) await test.settle(tenant)
  fleet = observedFleet(test, tenants)
}
afterEach(() => test.close())

async function round(): Promise<string[]> {
  later(ROUND_SECONDS)
  return await fleet.turn()
}

const read = async (tenant = acme()) => (await test.client.getTenant({ params: { tenant: tenant.id } })).body
const acme = () => tenants[0] as Tenant
const see = (sight: Sight, tenant = acme()) => fleet.sights.set(tenant.id, sight)
const drifts = async () => (await test.client.getDrift()).body
const changed = (path = '/image'): Sight => ({ changes: [{ path, from: 'b', to: 'a', effect: 'replace' }] })

async function eventsOf(pattern: RegExp, tenant?: Tenant) {
  const query = { order: 'asc', limit: 500 } as const
  const { body } =
    tenant === undefined
      ? await test.client.listEvents({ query })
      : await test.client.listTenantEvents({ params: { tenant: tenant.id }, query })
  return body.events.filter(({ type }) => pattern.test(type))
}
const typesOf = async (tenant = acme()) => (await eventsOf(/drift|endpoints/, tenant)).map(({ type }) => type)
const namesOf = (count: number) => Array.from({ length: count }, (_, index) => `t${String(index).padStart(2, '0')}`)

describe('looks at tenants', () => {
  it('come on the interval, and change nothing that clients compare', async () => {
    await start(['acme', 'beta'])
    expect(await fleet.turn()).toEqual([])
    expect((await read()).observed_at).toBeUndefined()
    const before = await read()
    later(INTERVAL_SECONDS * 1.5)
    expect(await fleet.turn()).toEqual(['acme', 'beta'])
    later(INTERVAL_SECONDS / 2 - 2)
    expect(await fleet.turn()).toEqual([])
    expect(await round()).toEqual(['acme', 'beta'])
    const after = await read()
    expect(after).toEqual({ ...before, observed_at: now.toISOString() })
    expect(await drifts()).toMatchObject({ observed: 2, never_observed: 0, drifted: 0, brake: { applied: false } })
  })

  it('show what has drifted by pages', async () => {
    await start(['acme', 'beta', 'gamma'])
    for (const tenant of tenants) see(changed(), tenant)
    await round()
    const { body: page } = await test.client.getDrift({ query: { limit: 2 } })
    expect(page).toMatchObject({ drifted: 3, next_cursor: expect.any(String) })
    const { body: rest } = await test.client.getDrift({ query: { limit: 2, cursor: page.next_cursor ?? '' } })
    expect(rest).not.toHaveProperty('next_cursor')
    const names = [...page.tenants, ...rest.tenants].map(({ name }) => name)
    expect([page.tenants.length, names.sort()]).toEqual([2, ['acme', 'beta', 'gamma']])
  })

  it('leave out what is paused, archived or has failed, and begin again with it', async () => {
    await start(['acme', 'beta'])
    await test.client.archiveTenant({ params: { tenant: 'acme' } })
    await test.settle(acme())
    await test.client.patchTenant({ params: { tenant: 'beta' }, body: { compute_config: { image: 'b' } } })
    await test.fail({ id: tenants[1]?.id ?? '' })
    expect(await round()).toEqual([])
    expect(await drifts()).toMatchObject({ observed: 0 })
    await test.client.retryTenant({ params: { tenant: 'beta' } })
    await test.settle({ id: tenants[1]?.id ?? '' })
    later(INTERVAL_SECONDS)
    expect(await round()).toEqual(['beta'])
  })

  it('reach tenants that an older server made ready', async () => {
    await start(['acme'])
    await test.database.query('delete from tenant_observations')
    later(INTERVAL_SECONDS)
    expect(await fleet.turn()).toEqual([])
    expect(await round()).toEqual(['acme'])
  })

  it('do not pile up where nobody answers: the same question, and only so many of them', async () => {
    await start(namesOf(6), {}, { concurrency: 1, max_per_second: 1 })
    fleet.everywhere = 'silent'
    const slots = () => test.engine.sends.filter(({ path }) => path.endsWith('/observe'))
    later(INTERVAL_SECONDS * 2)
    for (let second = 0; second < 10; second += 1) {
      await fleet.turn()
      later(2)
    }
    // Four for each look that a worker has under way.
    expect(slots()).toHaveLength(4)
    expect(new Set(slots().map(({ path }) => path)).size).toBe(4)
    later(INTERVAL_SECONDS)
    for (let second = 0; second < 10; second += 1) {
      await fleet.turn()
      later(2)
    }
    expect(new Set(slots().map(({ key }) => key)).size).toBe(4)
    expect(slots().length).toBeGreaterThan(4)
  })

  it('go on after a clock was far ahead for a moment', async () => {
    await start(['acme'])
    const before = now
    later(86_400 * 365)
    expect(await fleet.turn()).toEqual(['acme'])
    now = before
    await test.database.query("update tenant_observations set due_at = '2026-11-20T12:00:00.000Z'")
    expect(await fleet.turn()).toEqual(['acme'])
  })

  it('wait while the engine is away, and go on with it', async () => {
    await start(['acme'])
    test.engine.sendStatus = 503
    expect(await round()).toEqual([])
    later(INTERVAL_SECONDS)
    test.engine.sendStatus = 202
    // The question that was refused is in the engine's record, too.
    await fleet.turn()
    expect((await read()).observed_at).toBe(now.toISOString())
  })

  it('count for nothing when something happened in between, or when they come twice', async () => {
    await start(['acme'])
    see('silent')
    await round()
    const { version = 0, generation } = (await test.worker.getDesiredState({ params: { id: acme().id } })).body
    const missing = { slot: 1, generation, version, outcome: 'missing' as const }
    const report = async (body: typeof missing) =>
      (await test.worker.reportObservation({ params: { id: acme().id }, body })).body.accepted
    await test.client.patchTenant({ params: { tenant: 'acme' }, body: { annotations: { note: 'changed meanwhile' } } })
    expect(await report(missing)).toBe(false)
    await round()
    await test.client.reconcileTenant({ params: { tenant: 'acme' } })
    expect(await report({ ...missing, slot: 2, version: (await read()).version })).toBe(false)
    await test.settle(acme())
    expect(await report(missing)).toBe(false)
    expect(await report({ ...missing, slot: 2, version: (await read()).version })).toBe(false)
    expect((await read()).drift).toBeUndefined()
  })

  it('that could not be made leave everything as it was', async () => {
    await start(['acme'])
    see(changed())
    await round()
    const before = await read()
    see('unknown')
    await round()
    expect(await read()).toEqual(before)
  })
})

describe('drift', () => {
  it('shows with its changes, is told once, and is told to be over', async () => {
    await start(['acme', 'beta'])
    see(changed())
    await round()
    const { drift, version } = await read()
    const expected = {
      reason: 'changed',
      detected_at: now.toISOString(),
      changes: [{ path: '/image', from: 'b', to: 'a' }],
    }
    expect(drift).toMatchObject(expected)
    await round()
    expect(await read()).toMatchObject({ version, drift: expected })
    expect(await drifts()).toMatchObject({
      drifted: 1,
      by_reason: { changed: 1 },
      tenants: [{ name: 'acme', drift_policy: 'report', drift: expected }],
    })
    const listed = async (drifted: boolean) => (await test.client.listTenants({ query: { drifted } })).body.tenants
    expect((await listed(true)).map(({ name }) => name)).toEqual(['acme'])
    expect((await listed(false)).map(({ name }) => name)).toEqual(['beta'])

    see({})
    await round()
    expect((await read()).drift).toBeUndefined()
    expect((await read()).version).toBe(version + 1)
    expect(await typesOf()).toEqual(['tenant.drift_detected', 'tenant.drift_resolved'])
    const metrics = await (await fetch(`${test.url}/metrics`)).text()
    expect(metrics).toContain('landlord_observations_total{outcome="drifted"} 2')
    expect(metrics).toContain('landlord_drift_age_seconds 0')
  })

  it('is another one when other values differ, and the same while a value only moves', async () => {
    await start(['acme'])
    see(changed())
    await round()
    const detectedAt = (await read()).drift?.detected_at
    see({ changes: [{ path: '/image', from: 'c', to: 'a', effect: 'replace' }] })
    await round()
    expect((await read()).drift).toMatchObject({ detected_at: detectedAt, changes: [{ from: 'c' }] })
    expect(await typesOf()).toEqual(['tenant.drift_detected'])
    see(changed('/env/A'))
    await round()
    expect((await read()).drift).toMatchObject({ detected_at: now.toISOString() })
    expect(await typesOf()).toEqual(['tenant.drift_detected', 'tenant.drift_detected'])
  })

  it('is none where it is ignored; a pointer that is none is refused', async () => {
    await start(['acme'], { drift_ignore: ['/desired_count'] })
    see(changed('/desired_count'))
    await round()
    expect((await read()).drift).toBeUndefined()
    const { generation } = await read()
    await test.client.patchTenant({ params: { tenant: 'acme' }, body: { drift_ignore: null, drift_policy: 'heal' } })
    expect(await read()).toMatchObject({ generation, status: 'ready', drift_ignore: [], drift_policy: 'heal' })
    await round()
    expect((await read()).drift).toMatchObject({ reason: 'changed' })
    const wrong = test.client.patchTenant({ params: { tenant: 'acme' }, body: { drift_ignore: ['desired_count'] } })
    expect((await problemOf(wrong)).errors).toMatchObject([{ pointer: '/drift_ignore/0' }])
  })

  it('is over with the next operation, whoever asked for it', async () => {
    await start(['acme'])
    see({ state: 'stopped', health: 'none' })
    await round()
    // Nobody knows whether it was stopped already when it became ready.
    expect((await read()).drift).toBeUndefined()
    see({})
    await round()
    see({ state: 'stopped', health: 'none' })
    await test.client.reconcileTenant({ params: { tenant: 'acme' } })
    await settleAs('running')
    later(INTERVAL_SECONDS)
    await round()
    expect((await read()).drift).toMatchObject({ reason: 'stopped' })
    await test.client.reconcileTenant({ params: { tenant: 'acme' } })
    await settleAs('running')
    expect((await read()).drift).toBeUndefined()
    expect((await eventsOf(/drift_resolved/)).at(-1)?.data).toMatchObject({ reason: 'stopped', by: 'operation' })
  })

  it('follows a container that got another port by itself, without an operation', async () => {
    await start(['acme'])
    const endpoint = { protocol: 'tcp', host: '127.0.0.1', port: 32_768 } as const
    see({ endpoints: [endpoint], observed_config: { image: 'a' } })
    await round()
    const { version, endpoints, observed_config } = await read()
    expect({ endpoints, observed_config }).toEqual({ endpoints: [endpoint], observed_config: { image: 'a' } })
    await round()
    expect((await read()).version).toBe(version)
    expect(await typesOf()).toEqual(['tenant.endpoints_changed'])
    expect((await test.client.listTenantOperations({ params: { tenant: 'acme' } })).body.operations).toHaveLength(1)
  })
})

async function settleAs(state: 'running' | 'stopped'): Promise<void> {
  const { body } = await test.worker.getDesiredState({ params: { id: acme().id } })
  const operation_id = body.operation?.id ?? ''
  await test.worker.reportProgress({
    params: { id: acme().id },
    body: { operation_id, generation: body.generation, outcome: 'succeeded', state, endpoints: [] },
  })
}

describe('healing', () => {
  it('waits for a second look, and applies the desired state again', async () => {
    await start(['acme'], { drift_policy: 'heal' })
    see('missing')
    await round()
    expect(await read()).toMatchObject({ status: 'ready', drift: { reason: 'missing' }, endpoints: [] })
    await round()
    const { status, generation } = await read()
    expect({ status, generation }).toEqual({ status: 'updating', generation: 1 })
    const [healing] = await eventsOf(/drift_healing/)
    expect(healing).toMatchObject({ principal: 'drift', data: { kind: 'reconcile', attempt: 1, reason: 'missing' } })
    await vi.waitFor(() => expect(test.engine.sendsOf(acme().id).at(-1)?.key).toBe(`${healing?.operation_id}-0`))
    expect(await drifts()).toMatchObject({ healing: 1, drifted: 1 })
    await fleet.settleAll()
    expect(await read()).toMatchObject({ status: 'ready' })
    expect((await read()).drift).toBeUndefined()
    expect((await eventsOf(/drift_resolved/)).at(-1)?.data).toMatchObject({ by: 'healing' })
  })

  it('gives up on a tenant whose drift comes back each time, says so, and begins anew after a reconcile', async () => {
    await start(['acme'], { drift_policy: 'heal' }, { heal_limit: 2, heal_window_seconds: 86_400 })
    let rounds = 0
    for (; rounds < 40 && (await read()).drift?.healing?.stopped_at === undefined; rounds += 1) {
      see(changed())
      await round()
      await fleet.settleAll()
    }
    expect(rounds).toBeLessThan(40)
    expect((await read()).drift).toMatchObject({ healing: { attempts: 2 }, changes: [{ path: '/image' }] })
    for (let count = 0; count < 5; count += 1) await round()
    expect(await eventsOf(/drift_healing$/)).toHaveLength(2)
    expect((await eventsOf(/drift_healing_stopped/)).map(({ data }) => data.attempts)).toEqual([2])

    await test.client.reconcileTenant({ params: { tenant: 'acme' } })
    await fleet.settleAll()
    see(changed())
    for (let count = 0; count < 3; count += 1) await round()
    expect(await eventsOf(/drift_healing$/)).toHaveLength(3)
  })

  it('leaves a tenant alone that only reports', async () => {
    await start(['acme'])
    see('missing')
    for (let count = 0; count < 4; count += 1) await round()
    expect((await read()).status).toBe('ready')
  })
})

describe('the brake', () => {
  it('recreates nothing when all of a sudden nothing is found, and lets go when a person says so', async () => {
    await start(namesOf(12), { drift_policy: 'heal' }, { heal_concurrency: 3 })
    await round()
    fleet.everywhere = 'missing'
    for (let count = 0; count < 8; count += 1) await round()
    const { brake, drifted } = await drifts()
    expect(drifted).toBe(12)
    expect(brake).toMatchObject({ applied: true, turned_bad: 5, fleet: 12, window_seconds: 600 })
    expect(await eventsOf(/drift_healing/)).toEqual([])
    expect(await eventsOf(/fleet/)).toMatchObject([{ type: 'fleet.brake_applied', principal: 'drift' }])
    const ready = (await test.client.getReadiness()).body
    expect(ready).toMatchObject({ status: 'ok', checks: { drift: { status: 'ok', message: brake.reason } } })
    expect(await (await fetch(`${test.url}/metrics`)).text()).toContain('landlord_drift_brake 1')

    expect((await test.client.releaseDriftBrake()).body).toEqual({ applied: false })
    expect((await eventsOf(/brake_released/)).map(({ principal }) => principal)).toEqual(['anonymous'])
    await round()
    // Three at a time, so that new work never queues behind the whole fleet.
    expect(await drifts()).toMatchObject({ healing: 3, brake: { applied: false } })
  })

  it('holds when those that were bad, and known to be, turn bad in another way', async () => {
    await start(namesOf(12), { drift_policy: 'heal' })
    await round()
    fleet.everywhere = { health: 'unhealthy' }
    await round()
    expect((await drifts()).brake).toMatchObject({ applied: true, turned_bad: 5 })
    later(1)
    await test.client.releaseDriftBrake()
    fleet.everywhere = 'missing'
    for (let count = 0; count < 3; count += 1) await round()
    expect((await drifts()).brake).toMatchObject({ applied: true, turned_bad: 5 })
    expect(await eventsOf(/drift_healing/)).toEqual([])
  })

  it('holds when heals follow one another: what was healed counts, too', async () => {
    await start(namesOf(20), { drift_policy: 'heal' })
    await round()
    for (const [index, tenant] of tenants.entries()) {
      if (index % 4 !== 0) continue
      see('missing', tenant)
    }
    await round()
    expect((await drifts()).brake).toMatchObject({ applied: true, turned_bad: 5 })
  })

  it('lets nobody be healed before it is known how the others are', async () => {
    await start(namesOf(12), { drift_policy: 'heal' })
    await round()
    fleet.everywhere = 'silent'
    for (const tenant of tenants.slice(0, 2)) see('missing', tenant)
    fleet.loud = tenants.slice(0, 2)
    for (let count = 0; count < 4; count += 1) await round()
    expect(await drifts()).toMatchObject({ drifted: 2, healing: 0, brake: { applied: false } })
    fleet.everywhere = undefined
    for (let count = 0; count < 2; count += 1) await round()
    expect(await drifts()).toMatchObject({ healing: 2, brake: { applied: false } })
  })

  it('is not applied for less than a fifth', async () => {
    await start(namesOf(26), { drift_policy: 'heal' })
    for (const tenant of tenants.slice(0, 5)) see('missing', tenant)
    await round()
    await round()
    expect(await drifts()).toMatchObject({ healing: 5, brake: { applied: false } })
  })
})
