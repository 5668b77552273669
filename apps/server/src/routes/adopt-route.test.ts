import { randomUUID } from 'node:crypto'
import type { AdoptionPlanned, AdoptTenantRequest, DesiredState } from '@landlord/api-contract'
import type { ComputeProvider } from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
/** What the worker was asked to look at, and what it sees there. */
let asked: DesiredState[] = []
let live: AdoptionPlanned

beforeAll(async () => {
  const defaults = { image: 'default:1', env: { REGION: 'eu' } }
  test = await startTestServer({
    providers: [(installation) => createMockProvider({ installation, defaults }), withoutAdoption],
  })
  test.engine.onPlan = async (id) => {
    asked.push((await test.worker.getPlanRequest({ params: { id } })).body)
    await test.worker.answerPlan({ params: { id }, body: live })
  }
})
beforeEach(() => {
  asked = []
  live = {
    outcome: 'adoption_planned',
    resource: { kind: 'service', id: 's-1', name: 'by-hand' },
    config: { image: 'shop:1', replicas: 2, env: {}, endpoints: [], mock: {} },
    steps: ['label service by-hand'],
    changes: [],
    warnings: ['its volume is not managed'],
    fingerprint: 'one',
  }
})
afterAll(() => test.close())

function withoutAdoption(installation: string): ComputeProvider {
  const { planAdoption: _, adopt: __, ...mock } = createMockProvider({ installation, name: 'old' })
  const { adopt: ___, ...capabilities } = mock.capabilities
  return { ...mock, capabilities }
}

const request = (more: Partial<AdoptTenantRequest> = {}): AdoptTenantRequest => ({
  name: `acme-${randomUUID().slice(0, 8)}`,
  compute_provider: 'mock',
  resource: 'by-hand',
  ...more,
})

const secret = (value_from: string) => ({ name: 'TOKEN', value_from })

async function plan(body: AdoptTenantRequest) {
  const answer = await test.client.adoptTenant({ body })
  if (!('plan_id' in answer.body)) throw new Error('this is no plan')
  return { status: answer.status, plan: answer.body }
}

async function adopt(body: AdoptTenantRequest, headers = {}) {
  const answer = await test.client.adoptTenant({ body, headers })
  if ('plan_id' in answer.body) throw new Error('this is a plan')
  return { status: answer.status, tenant: answer.body }
}

describe('the plan of an adoption', () => {
  it('says what is written, what the tenant gets and what changes, and stores nothing', async () => {
    const body = request({ compute_config: { replicas: 3 }, labels: { tier: 'pro' } })
    live.changes = [{ path: '/replicas', from: 2, to: 3, effect: 'in_place' }]
    const { status, plan: shown } = await plan(body)
    expect(status).toBe(200)
    expect(shown).toEqual({
      plan_id: expect.stringMatching(/^[0-9a-f]{64}$/),
      tenant_name: body.name,
      compute_provider: 'mock',
      resource: live.resource,
      compute_config: live.config,
      steps: live.steps,
      effect: 'in_place',
      changes: live.changes,
      warnings: live.warnings,
    })
    expect(asked).toMatchObject([{ adopts: 'by-hand', config: { replicas: 3 }, resource_ids: {} }])
    expect((await problemOf(test.client.getTenant({ params: { tenant: body.name } }))).status).toBe(404)
  })

  it('is another one when what runs is', async () => {
    const body = request()
    const first = await plan(body)
    expect((await plan(body)).plan.plan_id).toBe(first.plan.plan_id)
    live.fingerprint = 'two'
    expect((await plan(body)).plan.plan_id).not.toBe(first.plan.plan_id)
  })

  it('is refused where the name is taken, or the provider cannot adopt', async () => {
    const { body: taken } = await test.client.createTenant({ body: { name: 'taken', compute_provider: 'mock' } })
    const conflict = await problemOf(test.client.adoptTenant({ body: request({ name: 'taken' }) }))
    expect(conflict).toMatchObject({ status: 409, tenant_id: taken.id })
    const unable = await problemOf(test.client.adoptTenant({ body: request({ compute_provider: 'old' }) }))
    expect(unable).toMatchObject({ status: 400, code: 'invalid_config' })
    expect(asked).toEqual([])
  })
})

describe('an adoption', () => {
  it('makes a tenant of just what was planned, whose first operation takes it over', async () => {
    const body = request({ labels: { tier: 'pro' } })
    const { plan: shown } = await plan(body)
    const { status, tenant } = await adopt({ ...body, plan_id: shown.plan_id })
    expect([status, tenant]).toMatchObject([201, { status: 'provisioning', desired_config: live.config }])
    const params = { id: tenant.id }
    expect((await test.worker.getDesiredState({ params })).body).toMatchObject({
      // The one that was shown, whatever has its name by now.
      adopts: 's-1',
      operation: { kind: 'adopt' },
      resource_ids: {},
      config: live.config,
    })
    await test.settle(tenant, { service: 's-1' })
    const ready = (await test.client.getTenant({ params: { tenant: body.name } })).body
    expect(ready).toMatchObject({ status: 'ready', observed_resource_ids: { service: 's-1' } })
    expect((await test.worker.getDesiredState({ params })).body).not.toHaveProperty('adopts')
    // The defaults that it does not run with stay out of it, whatever is changed later.
    await test.client.patchTenant({ params: { tenant: body.name }, body: { compute_config: { replicas: 5 } } })
    expect((await test.worker.getDesiredState({ params })).body.config).toEqual({ ...live.config, replicas: 5 })
    const { events } = (await test.client.listTenantEvents({ params: { tenant: tenant.id } })).body
    expect(events.at(-1)).toMatchObject({ type: 'tenant.created', data: { kind: 'adopt', resource: { id: 's-1' } } })
  })

  it.each<[string, Partial<AdoptTenantRequest>]>([
    ['for some time', { ttl_seconds: 600 }],
    ['until some time', { expires_at: '2099-01-01T00:00:00.000Z' }],
  ])('gives the tenant what else was asked for, as a create does, %s', async (_, expiry) => {
    const asked = {
      annotations: { note: 'by hand' },
      secrets: [{ name: 'TOKEN', value_from: 'env:LANDLORD_SECRET_TOKEN' }],
      deletion_protection: true,
      expiry_action: 'delete' as const,
      drift_policy: 'heal' as const,
      drift_ignore: ['/replicas'],
    }
    const { compute_provider: _alias, ...body } = request({ ...asked, ...expiry, compute_provider_type: 'mock' })
    const { plan: shown } = await plan(body)
    const { tenant } = await adopt({ ...body, plan_id: shown.plan_id })
    expect(tenant).toMatchObject({ ...asked, compute_provider: 'mock' })
    const expiresAt = expiry.expires_at ?? new Date(Date.parse(tenant.created_at) + 600_000).toISOString()
    expect(tenant.expires_at).toBe(expiresAt)
    const { body: desired } = await test.worker.getDesiredState({ params: { id: tenant.id } })
    expect(desired.secrets).toEqual(asked.secrets)
  })

  it('is refused with 412 when the plan would be another one by now, and stores nothing', async () => {
    const body = request()
    const { plan: shown } = await plan(body)
    live.fingerprint = 'restarted'
    const stale = await problemOf(test.client.adoptTenant({ body: { ...body, plan_id: shown.plan_id } }))
    expect(stale).toMatchObject({ status: 412, code: 'precondition_failed' })
    live.fingerprint = 'one'
    const other = { ...body, labels: { tier: 'free' }, plan_id: shown.plan_id }
    expect((await problemOf(test.client.adoptTenant({ body: other }))).status).toBe(412)
    expect((await problemOf(test.client.getTenant({ params: { tenant: body.name } }))).status).toBe(404)
  })

  it.each<[string, Partial<AdoptTenantRequest>, Partial<AdoptTenantRequest>]>([
    ['another secret', { secrets: [secret('env:ONE')] }, { secrets: [secret('env:OTHER')] }],
    ['another protection', { deletion_protection: true }, { deletion_protection: false }],
    ['another policy', { drift_policy: 'heal' }, { drift_policy: 'report' }],
    ['another time to live', { ttl_seconds: 600 }, { ttl_seconds: 1200 }],
    ['another end', { expires_at: '2099-01-01T00:00:00.000Z' }, { expires_at: '2100-01-01T00:00:00.000Z' }],
  ])('is refused with 412 when it asks for %s than the plan', async (_, shownFor, changed) => {
    const body = request(shownFor)
    const { plan: shown } = await plan(body)
    const other = { ...body, ...changed, plan_id: shown.plan_id }
    expect((await problemOf(test.client.adoptTenant({ body: other }))).status).toBe(412)
  })

  it('is done once with one idempotency key', async () => {
    const body = request()
    const { plan: shown } = await plan(body)
    const headers = { 'idempotency-key': randomUUID() }
    const whole = { ...body, plan_id: shown.plan_id }
    const [first, second] = [await adopt(whole, headers), await adopt(whole, headers)]
    expect([second.status, second.tenant.id]).toEqual([201, first.tenant.id])
    expect((await problemOf(test.client.adoptTenant({ body: whole }))).status).toBe(409)
  })

  it('goes on with the adoption when it is changed or retried before it is through', async () => {
    const body = request()
    const { plan: shown } = await plan(body)
    const { tenant } = await adopt({ ...body, plan_id: shown.plan_id })
    const params = { tenant: body.name }
    const kind = async () => (await test.worker.getDesiredState({ params: { id: tenant.id } })).body.operation?.kind
    await test.client.patchTenant({ params, body: { compute_config: { replicas: 5 } } })
    expect(await kind()).toBe('adopt')
    expect((await problemOf(test.client.suspendTenant({ params }))).status).toBe(409)
    await test.fail(tenant)
    const failed = (await test.client.getTenant({ params })).body
    expect(failed.failed_operation).toBe('adopt')
    expect(failed.status_message).toContain('would be destroyed with this tenant; to keep it, take the marks off first')
    await test.client.retryTenant({ params })
    expect(await kind()).toBe('adopt')
    await test.client.deleteTenant({ params })
    await test.settle(tenant)
    expect((await problemOf(test.client.getTenant({ params }))).status).toBe(404)
  })
})
