import type { DesiredState, ReportReceipt, Tenant } from '@landlord/api-contract'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer, WORKER_TOKEN } from '../../test/start-test-server.ts'

let test: TestServer
let time = Date.parse('2026-03-01T00:00:00.000Z')
const pass = (seconds: number) => {
  time += seconds * 1000
}

beforeAll(async () => {
  const plain = (installation: string) => {
    const mock = createMockProvider({ installation })
    const capabilities = { ...mock.capabilities, suspend: false, restart: false }
    return { ...mock, name: 'plain', capabilities, validate: () => {} }
  }
  test = await startTestServer({
    now: () => new Date(time),
    providers: [(installation) => createMockProvider({ installation }), plain],
    settings: {
      'reconcile.deadline_seconds.suspend': 60,
      'reconcile.deadline_seconds.resume': 120,
      'reconcile.deadline_seconds.restart': 180,
    },
  })
})
afterAll(() => test.close())

const paramsOf = (name: string) => ({ params: { tenant: name } })
const read = async (name: string) => (await test.client.getTenant(paramsOf(name))).body
const desired = async ({ id }: Tenant) => (await test.worker.getDesiredState({ params: { id } })).body
const types = async (name: string) =>
  (await test.client.listTenantEvents({ ...paramsOf(name), query: { order: 'asc' } })).body.events.map(
    ({ type }) => type,
  )

async function requested(name: string, provider = 'mock'): Promise<Tenant> {
  return (await test.client.createTenant({ body: { name, compute_provider: provider } })).body
}

async function ready(name: string, provider?: string): Promise<Tenant> {
  const tenant = await requested(name, provider)
  await test.settle(tenant)
  return tenant
}

describe('suspend and resume', () => {
  it('stop the compute, keep its configuration, and bring it back', async () => {
    const tenant = await ready('acme')
    const suspending = await test.client.suspendTenant(paramsOf('acme'))
    expect(suspending.status).toBe(202)
    expect(suspending.body).toMatchObject({ status: 'suspending', suspended: true, generation: 2 })
    expect(await desired(tenant)).toMatchObject({ suspended: true, operation: { kind: 'suspend' } })
    expect((await test.client.suspendTenant(paramsOf('acme'))).body).toEqual(suspending.body)
    await test.settle(tenant)
    const suspended = await test.client.suspendTenant(paramsOf('acme'))
    expect(suspended.status).toBe(200)
    expect(suspended.body).toMatchObject({ status: 'suspended', suspended: true, observed_generation: 2 })

    const resuming = await test.client.resumeTenant(paramsOf('acme'))
    expect(resuming.status).toBe(202)
    expect(resuming.body).toMatchObject({ status: 'resuming', suspended: false, generation: 3 })
    expect(await desired(tenant)).not.toHaveProperty('suspended')
    await test.settle(tenant)
    expect(await read('acme')).toMatchObject({ status: 'ready', observed_generation: 3 })
    expect((await test.client.resumeTenant(paramsOf('acme'))).status).toBe(200)
    expect(await types('acme')).toEqual([
      ...['tenant.created', 'operation.started', 'tenant.ready'],
      ...['tenant.suspend_requested', 'operation.started', 'tenant.suspended'],
      ...['tenant.resume_requested', 'operation.started', 'tenant.ready'],
    ])
  })

  it('apply a change of a suspended tenant while it stays suspended', async () => {
    const tenant = await ready('dormant')
    await test.client.suspendTenant(paramsOf('dormant'))
    await test.settle(tenant)
    const body = { compute_config: { image: 'v2' } }
    const changed = await test.client.patchTenant({ ...paramsOf('dormant'), body })
    expect(changed.body).toMatchObject({ status: 'updating', suspended: true })
    expect(await desired(tenant)).toMatchObject({ suspended: true, config: { image: 'v2' } })
    await test.settle(tenant)
    expect(await read('dormant')).toMatchObject({ status: 'suspended', desired_config: { image: 'v2' } })
    // Archived, nothing of it is left: brought back, it runs.
    await test.client.archiveTenant(paramsOf('dormant'))
    await test.settle(tenant)
    expect(await read('dormant')).toMatchObject({ status: 'archived', suspended: false })
  })

  it('supersede a provision that is under way', async () => {
    const tenant = await requested('hasty')
    const { body } = await test.client.suspendTenant(paramsOf('hasty'))
    expect(body).toMatchObject({ status: 'suspending', generation: 2 })
    const { operations } = (await test.client.listTenantOperations(paramsOf('hasty'))).body
    expect(operations.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['suspend pending', 'provision superseded'])
    await test.settle(tenant)
    expect((await read('hasty')).status).toBe('suspended')
  })

  it('have a deadline each, and leave failure by every way', async () => {
    const tenant = await ready('rough')
    const limitOf = async () => {
      const { operation } = await desired(tenant)
      return (Date.parse(operation?.deadline_at ?? '') - time) / 1000
    }
    await test.client.suspendTenant(paramsOf('rough'))
    expect(await limitOf()).toBe(60)
    await test.fail(tenant, true)
    expect(await read('rough')).toMatchObject({ status: 'failed', failed_operation: 'suspend', suspended: true })
    expect((await test.client.retryTenant(paramsOf('rough'))).body).toMatchObject({
      status: 'suspending',
      generation: 2,
    })
    await test.fail(tenant)
    expect((await test.client.resumeTenant(paramsOf('rough'))).body.status).toBe('resuming')
    expect(await limitOf()).toBe(120)
    await test.fail(tenant)
    expect((await test.client.resumeTenant(paramsOf('rough'))).body.status).toBe('resuming')
    await test.fail(tenant)
    expect((await test.client.suspendTenant(paramsOf('rough'))).body.status).toBe('suspending')
    await test.fail(tenant)
    expect((await test.client.archiveTenant(paramsOf('rough'))).body.status).toBe('archiving')
    await test.fail(tenant)
    expect((await test.client.deleteTenant(paramsOf('rough'))).body.status).toBe('deleting')
  })
})

describe('a worker from before', () => {
  const asked = async ({ id }: Tenant) => {
    const headers = { authorization: `Bearer ${WORKER_TOKEN}` }
    const response = await fetch(`${test.url}/internal/v1/tenants/${id}/desired`, { headers })
    return ((await response.json()) as DesiredState).operation?.kind
  }

  it('is not asked for what it does not know, and would call done', async () => {
    const tenant = await ready('elderly')
    await test.client.suspendTenant(paramsOf('elderly'))
    expect(await asked(tenant)).toBeUndefined()
    expect((await desired(tenant)).operation?.kind).toBe('suspend')
    await test.settle(tenant)
    await test.client.patchTenant({ ...paramsOf('elderly'), body: { labels: { a: 'b' } } })
    expect(await asked(tenant)).toBeUndefined()
    await test.client.deleteTenant(paramsOf('elderly'))
    expect(await asked(tenant)).toBe('delete')
  })

  it('is not believed that it did what it does not know, though an old server asked it', async () => {
    const tenant = await ready('credulous')
    const told = async (facts: object) => {
      const { operation, generation } = await desired(tenant)
      const response = await fetch(`${test.url}/internal/v1/tenants/${tenant.id}/report`, {
        method: 'POST',
        headers: { authorization: `Bearer ${WORKER_TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ operation_id: operation?.id, generation, ...facts }),
      })
      return ((await response.json()) as ReportReceipt).accepted
    }
    const done = { outcome: 'succeeded', endpoints: [] }
    await test.client.suspendTenant(paramsOf('credulous'))
    expect(await told({ outcome: 'in_progress', attempts: 0, resource_ids: { service: 'late' } })).toBe(false)
    expect(await told(done)).toBe(false)
    expect(await read('credulous')).toMatchObject({
      status: 'suspending',
      observed_resource_ids: { service: 'late' },
    })
    await test.settle(tenant)
    await test.client.archiveTenant(paramsOf('credulous'))
    expect(await told(done)).toBe(true)
  })
})

describe('restart', () => {
  it('asks for new copies once, also when it is retried', async () => {
    const tenant = await ready('fresh')
    const { status, body } = await test.client.restartTenant(paramsOf('fresh'))
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'updating', generation: 2 })
    const first = await desired(tenant)
    expect(first).toMatchObject({ operation: { kind: 'restart' }, restart_token: expect.any(String) })
    expect((Date.parse(first.operation?.deadline_at ?? '') - time) / 1000).toBe(180)
    await test.fail(tenant, true)
    await test.client.retryTenant(paramsOf('fresh'))
    const again = await desired(tenant)
    expect(again.operation?.id).not.toBe(first.operation?.id)
    expect(again.restart_token).toBe(first.restart_token)
    await test.settle(tenant)
    // A change later is no restart, and the next restart is another one.
    await test.client.patchTenant({ ...paramsOf('fresh'), body: { labels: { a: 'b' } } })
    expect((await desired(tenant)).restart_token).toBe(first.restart_token)
    await test.settle(tenant)
    await test.client.restartTenant(paramsOf('fresh'))
    expect((await desired(tenant)).restart_token).not.toBe(first.restart_token)
  })

  it('is refused where nothing runs, with the way out', async () => {
    await requested('unborn')
    expect(await problemOf(test.client.restartTenant(paramsOf('unborn')))).toMatchObject({
      status: 409,
      detail: expect.stringContaining('wait until it is ready'),
    })
  })
})

describe('a provider that cannot', () => {
  it.each(['suspend', 'restart'] as const)('refuses to %s, and names those that can', async (verb) => {
    const name = `plain-${verb}`
    await ready(name, 'plain')
    const call = verb === 'suspend' ? test.client.suspendTenant : test.client.restartTenant
    expect(await problemOf(call(paramsOf(name)))).toMatchObject({
      status: 409,
      code: 'conflict',
      detail: expect.stringMatching(new RegExp(`"plain" does not declare the capability "${verb}".*: mock$`)),
    })
    expect(await read(name)).toMatchObject({ status: 'ready', generation: 1 })
  })
})

describe('pause and unpause', () => {
  it('hold up what is under way, with its time, and go on with it at once', async () => {
    const tenant = await requested('held')
    const first = (await desired(tenant)).operation
    await test.worker.reportProgress({
      params: { id: tenant.id },
      body: { operation_id: first?.id ?? '', generation: 1, outcome: 'in_progress', attempts: 0 },
    })
    const before = (await desired(tenant)).operation?.deadline_at ?? ''
    pass(60)
    const paused = await test.client.pauseTenant(paramsOf('held'))
    expect(paused.status).toBe(200)
    expect(paused.body).toMatchObject({
      status: 'provisioning',
      paused: true,
      workflow_sub_state: 'paused',
      status_message: expect.stringContaining('until it is unpaused'),
    })
    expect((await test.client.pauseTenant(paramsOf('held'))).body).toEqual(paused.body)
    expect(await desired(tenant)).toMatchObject({ paused: true })

    // The step that was under way is turned away; what it made is remembered.
    const late = await test.worker.reportProgress({
      params: { id: tenant.id },
      body: {
        operation_id: first?.id ?? '',
        generation: 1,
        outcome: 'in_progress',
        attempts: 0,
        resource_ids: { service: 's-1' },
      },
    })
    expect(late.body).toEqual({ accepted: false })
    expect(await read('held')).toMatchObject({
      workflow_sub_state: 'paused',
      observed_resource_ids: { service: 's-1' },
    })

    pass(7200)
    const sent = test.engine.sendsOf(tenant.id).length
    await test.server.sweepNow()
    expect(test.engine.sendsOf(tenant.id)).toHaveLength(sent)
    const unpaused = await test.client.unpauseTenant(paramsOf('held'))
    expect(unpaused.status).toBe(202)
    expect(unpaused.body).toMatchObject({ paused: false, workflow_sub_state: 'waiting' })
    expect(unpaused.body).not.toHaveProperty('status_message')
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(sent + 1))
    expect(test.engine.sendsOf(tenant.id).at(-1)).toMatchObject({ body: '{"now":true}' })
    const after = (await desired(tenant)).operation?.deadline_at ?? ''
    expect(Date.parse(after) - Date.parse(before)).toBe(7_200_000)
    await test.settle(tenant)
    expect((await test.client.unpauseTenant(paramsOf('held'))).status).toBe(200)
    expect(await types('held')).toEqual([
      ...['tenant.created', 'operation.started', 'tenant.paused', 'tenant.unpaused', 'tenant.ready'],
    ])
  })

  it('keep what is accepted meanwhile waiting, without a trigger', async () => {
    const tenant = await ready('frozen')
    await test.client.pauseTenant(paramsOf('frozen'))
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(1))
    const { body } = await test.client.patchTenant({ ...paramsOf('frozen'), body: { compute_config: { image: 'v2' } } })
    expect(body).toMatchObject({ status: 'updating', paused: true, workflow_sub_state: 'paused' })
    expect((await test.client.reconcileTenant(paramsOf('frozen'))).body).toMatchObject({ workflow_sub_state: 'paused' })
    await test.client.unpauseTenant(paramsOf('frozen'))
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(2))
    await test.settle(tenant)
    expect(await read('frozen')).toMatchObject({ status: 'ready', desired_config: { image: 'v2' } })
  })

  it.each(['archive', 'delete'] as const)('lose to %s', async (verb) => {
    const name = `stopped-${verb}`
    const tenant = await ready(name)
    await test.client.pauseTenant(paramsOf(name))
    const call = verb === 'archive' ? test.client.archiveTenant : test.client.deleteTenant
    expect((await call(paramsOf(name))).body).toMatchObject({ paused: false, workflow_sub_state: 'waiting' })
    expect(await desired(tenant)).not.toHaveProperty('paused')
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(2))
    expect(await problemOf(test.client.pauseTenant(paramsOf(name)))).toMatchObject({ status: 409 })
  })
})
