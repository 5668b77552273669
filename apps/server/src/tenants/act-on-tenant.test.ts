import type { Tenant } from '@landlord/api-contract'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
const params = { tenant: 'acme' }

beforeEach(async () => {
  test = await startTestServer()
})
afterEach(() => test.close())

const create = async () => (await test.client.createTenant({ body: { name: 'acme' } })).body
const read = async () => (await test.client.getTenant({ params })).body
const kindNow = async ({ id }: Tenant) => (await test.worker.getDesiredState({ params: { id } })).body.operation?.kind

describe('DELETE /v1/tenants/{tenant}', () => {
  it('destroys, then forgets, and keeps the history readable by id', async () => {
    const tenant = await create()
    await test.settle(tenant)
    const { status, body } = await test.client.deleteTenant({ params })
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'deleting', generation: 2 })
    expect(await kindNow(tenant)).toBe('delete')
    await test.settle(tenant)
    const problem = await problemOf(test.client.getTenant({ params: { tenant: tenant.id } }))
    expect(problem).toMatchObject({ status: 404, detail: expect.stringContaining('was deleted') })
    const byId = { tenant: tenant.id }
    const { events } = (await test.client.listTenantEvents({ params: byId, query: { order: 'asc' } })).body
    expect(events.map((event) => event.type)).toEqual([
      'tenant.created',
      'operation.started',
      'tenant.ready',
      'tenant.delete_requested',
      'operation.started',
      'tenant.deleted',
    ])
    const { operations } = (await test.client.listTenantOperations({ params: byId })).body
    expect(operations.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['delete succeeded', 'provision succeeded'])
    expect((await problemOf(test.client.listTenantEvents({ params }))).status).toBe(404)
  })

  it('answers 202 with the same operation while it is under way, and refuses everything else', async () => {
    await create()
    const first = await test.client.deleteTenant({ params })
    const second = await test.client.deleteTenant({ params })
    expect(second.status).toBe(202)
    expect(second.body).toEqual(first.body)
    const body = { compute_config: { image: 'x' } }
    for (const call of [
      () => test.client.replaceTenant({ params, body }),
      () => test.client.replaceTenant({ params, body: {} }),
      () => test.client.patchTenant({ params, body }),
      () => test.client.patchTenant({ params, body: { annotations: { a: 'b' } } }),
      () => test.client.archiveTenant({ params }),
      () => test.client.retryTenant({ params }),
      () => test.client.reconcileTenant({ params }),
    ]) {
      expect(await problemOf(call())).toMatchObject({
        status: 409,
        detail: expect.stringContaining('is being deleted'),
      })
    }
  })

  it('removes an archived tenant at once', async () => {
    const tenant = await create()
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const { status, body } = await test.client.deleteTenant({ params })
    expect(status).toBe(200)
    expect(body.id).toBe(tenant.id)
    expect((await problemOf(test.client.getTenant({ params }))).status).toBe(404)
    const { events } = (await test.client.listTenantEvents({ params: { tenant: tenant.id } })).body
    expect(events[0]?.type).toBe('tenant.deleted')
  })

  it('wins over an archive that is under way', async () => {
    const tenant = await create()
    await test.client.archiveTenant({ params })
    expect((await test.client.deleteTenant({ params })).status).toBe(202)
    expect(await kindNow(tenant)).toBe('delete')
  })
})

describe('POST /v1/tenants/{tenant}/archive', () => {
  it('destroys the compute and keeps the record', async () => {
    const tenant = await create()
    await test.settle(tenant)
    const { status, body } = await test.client.archiveTenant({ params })
    expect(status).toBe(202)
    expect(body.status).toBe('archiving')
    expect((await test.client.archiveTenant({ params })).status).toBe(202)
    await test.settle(tenant)
    expect(await read()).toMatchObject({
      status: 'archived',
      observed_resource_ids: {},
      generation: 2,
      observed_generation: 2,
    })
    expect((await test.client.archiveTenant({ params })).status).toBe(200)
  })

  it('refuses other work meanwhile and says what is possible', async () => {
    await create()
    await test.client.archiveTenant({ params })
    for (const call of [
      () => test.client.patchTenant({ params, body: { labels: { a: 'b' } } }),
      () => test.client.retryTenant({ params }),
      () => test.client.reconcileTenant({ params }),
    ]) {
      expect(await problemOf(call())).toMatchObject({ status: 409, detail: expect.stringContaining('or delete it') })
    }
  })
})

describe('POST /v1/tenants/{tenant}/retry', () => {
  it('does what failed again, in the same generation', async () => {
    const tenant = await create()
    await test.fail(tenant)
    expect(await read()).toMatchObject({
      status: 'failed',
      failed_operation: 'provision',
      failure: { code: 'provision_failed', instance_usable: false },
      workflow_sub_state: 'failed',
      workflow_error_message: 'the image does not start',
    })
    const { status, body } = await test.client.retryTenant({ params })
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'provisioning', generation: 1 })
    expect(body).not.toHaveProperty('failure')
    await test.settle(tenant)
    expect(await read()).toMatchObject({ status: 'ready', observed_generation: 1 })
  })

  it('refuses a tenant that has not failed and says what it is', async () => {
    await create()
    expect(await problemOf(test.client.retryTenant({ params }))).toMatchObject({
      status: 409,
      detail: expect.stringContaining('is requested'),
    })
  })

  it('leads out of a failed delete, as PUT and archive do', async () => {
    const tenant = await create()
    await test.settle(tenant)
    await test.client.deleteTenant({ params })
    await test.fail(tenant)
    expect((await test.client.retryTenant({ params })).body.status).toBe('deleting')
    await test.fail(tenant)
    expect((await test.client.archiveTenant({ params })).body.status).toBe('archiving')
    await test.fail(tenant)
    expect((await test.client.replaceTenant({ params, body: {} })).body.status).toBe('updating')
  })
})

describe('an action', () => {
  const settled = async (tenant: Tenant, act?: 'suspendTenant' | 'pauseTenant') => {
    await test.settle(tenant)
    if (act === undefined) return
    await test.client[act]({ params: { tenant: tenant.id } })
    if (act === 'suspendTenant') await test.settle(tenant)
  }
  const prepared = {
    archiveTenant: settled,
    reconcileTenant: settled,
    retryTenant: (tenant: Tenant) => test.fail(tenant),
    suspendTenant: settled,
    resumeTenant: (tenant: Tenant) => settled(tenant, 'suspendTenant'),
    restartTenant: settled,
    pauseTenant: settled,
    unpauseTenant: (tenant: Tenant) => settled(tenant, 'pauseTenant'),
  } as const

  it('happens to the version that was looked at, to no other, and once for its key', async () => {
    for (const [index, [name, prepare]] of Object.entries(prepared).entries()) {
      const act = test.client[name as keyof typeof prepared]
      const { body: tenant } = await test.client.createTenant({ body: { name: `acme-${index}` } })
      const one = { params: { tenant: tenant.id } }
      await prepare(tenant)
      const { version } = (await test.client.getTenant(one)).body
      await test.client.patchTenant({ ...one, body: { annotations: { note: 'x' } } })
      const noted = (await test.client.getTenant(one)).body
      const call = (at: number) =>
        act({ ...one, headers: { 'if-match': `"${at}"`, 'idempotency-key': `${name}-${at}` } })
      expect(await problemOf(call(version)), name).toMatchObject({ status: 412, code: 'precondition_failed' })
      expect((await test.client.getTenant(one)).body, name).toEqual(noted)
      const done = await call(noted.version)
      expect(done.body.version, name).toBe(noted.version + 1)
      // The same request once more gets the answer of the first, though that version is no longer current.
      const again = await call(noted.version)
      expect([again.status, again.body], name).toEqual([done.status, done.body])
      expect((await test.client.getTenant(one)).body.version, name).toBe(noted.version + 1)
    }
  })
})

describe('POST /v1/tenants/{tenant}/reconcile', () => {
  it('applies the same state once more', async () => {
    const tenant = await create()
    await test.settle(tenant)
    const { status, body } = await test.client.reconcileTenant({ params })
    expect(status).toBe(202)
    expect(body).toMatchObject({ status: 'updating', generation: 1 })
    expect(await kindNow(tenant)).toBe('reconcile')
    await test.settle(tenant)
    expect((await read()).status).toBe('ready')
  })

  it('only triggers again while work is under way', async () => {
    const tenant = await create()
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(1))
    const { status, body } = await test.client.reconcileTenant({ params })
    expect(status).toBe(202)
    expect(body).toEqual(tenant)
    await vi.waitFor(() => expect(test.engine.sendsOf(tenant.id)).toHaveLength(2))
    // At once, whatever pause the worker had planned.
    const again = { key: `${tenant.workflow_execution_id}-1`, body: '{"now":true}' }
    expect(test.engine.sendsOf(tenant.id)[1]).toMatchObject(again)
  })

  it('refuses an archived tenant and names the way back', async () => {
    const tenant = await create()
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    expect(await problemOf(test.client.reconcileTenant({ params }))).toMatchObject({
      status: 409,
      detail: expect.stringContaining('PUT its desired state'),
    })
  })
})
