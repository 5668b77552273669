import type { Failure, Tenant, WorkerReport } from '@landlord/api-contract'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
const params = { tenant: 'acme' }
const error: Failure = {
  code: 'throttled',
  message: 'slow down',
  retryable: true,
  details: { after: 5 },
  instance_usable: true,
}

beforeEach(async () => {
  test = await startTestServer()
})
afterEach(() => test.close())

const create = async () => (await test.client.createTenant({ body: { name: 'acme' } })).body
const read = async () => (await test.client.getTenant({ params })).body
const desired = async ({ id }: Pick<Tenant, 'id'>) => (await test.worker.getDesiredState({ params: { id } })).body
type Report = WorkerReport extends infer Each
  ? Each extends WorkerReport
    ? Omit<Each, 'operation_id' | 'generation'>
    : never
  : never

async function report(tenant: Tenant, facts: Report): Promise<boolean> {
  const { id, generation, workflow_execution_id = '' } = tenant
  const body = { ...facts, generation, operation_id: workflow_execution_id } as WorkerReport
  return (await test.worker.reportProgress({ params: { id }, body })).body.accepted
}

describe('a report', () => {
  it('moves the tenant through its life', async () => {
    const tenant = await create()
    expect((await desired(tenant)).operation).not.toHaveProperty('started')
    await report(tenant, { outcome: 'in_progress', attempts: 0, message: 'pulling', resource_ids: { service: 's-1' } })
    expect((await desired(tenant)).operation).toMatchObject({ started: true })
    expect(await read()).toMatchObject({
      status: 'provisioning',
      status_message: 'pulling',
      workflow_sub_state: 'running',
      observed_resource_ids: { service: 's-1' },
    })
    const next_retry_at = new Date(Date.now() + 60_000).toISOString()
    await report(tenant, { outcome: 'backing_off', attempts: 2, next_retry_at, error })
    expect(await read()).toMatchObject({
      status: 'provisioning',
      workflow_sub_state: 'backing-off',
      workflow_retry_count: 2,
      workflow_error_message: 'slow down',
      next_retry_at,
    })
    const operationNow = async () =>
      (await test.client.getOperation({ params: { id: tenant.workflow_execution_id ?? '' } })).body
    expect(await operationNow()).toMatchObject({ state: 'backing-off', attempts: 2, next_retry_at, error })
    const place = { name: 'web', host: 'web.test', container_port: 8080, url: 'http://web.test:8000' }
    const endpoints = [{ ...place, protocol: 'http' as const, port: 8000 }]
    const changes = [{ path: '/image', from: 'web:0', to: 'mock', effect: 'replace' as const }]
    await report(tenant, { outcome: 'succeeded', endpoints, changes, observed_config: { image: 'mock' } })
    const ready = await read()
    expect(ready).toMatchObject({
      status: 'ready',
      observed_generation: 1,
      endpoints,
      observed_config: { image: 'mock' },
      workflow_sub_state: 'succeeded',
      workflow_retry_count: 2,
    })
    for (const key of ['workflow_error_message', 'next_retry_at', 'status_message', 'failure']) {
      expect(ready).not.toHaveProperty(key)
    }
    const operation = await operationNow()
    expect(operation).toMatchObject({ kind: 'provision', state: 'succeeded', attempts: 2, changes })
    expect(operation.finished_at).toBeDefined()
  })

  it('that is the first gives the operation all of its time, however long it waited for a worker', async () => {
    await test.close()
    let now = new Date()
    test = await startTestServer({ now: () => now })
    for (const facts of [
      { outcome: 'in_progress', attempts: 0 },
      { outcome: 'backing_off', attempts: 1, next_retry_at: now.toISOString(), error },
    ] satisfies Report[]) {
      const tenant = await create()
      now = new Date(now.getTime() + 3_600_000)
      await report(tenant, facts)
      const deadline = new Date(now.getTime() + 1_800_000).toISOString()
      expect((await desired(tenant)).operation).toMatchObject({ deadline_at: deadline })
      now = new Date(now.getTime() + 60_000)
      await report(tenant, facts)
      expect((await desired(tenant)).operation).toMatchObject({ deadline_at: deadline })
      await test.client.deleteTenant({ params })
      await test.settle(tenant)
    }
  })

  it('that repeats changes nothing and is accepted', async () => {
    const tenant = await create()
    for (const facts of [
      { outcome: 'in_progress', attempts: 0, resource_ids: { a: 'b' } },
      { outcome: 'backing_off', attempts: 1, next_retry_at: new Date(Date.now() + 60_000).toISOString(), error },
      { outcome: 'succeeded', endpoints: [] },
    ] satisfies Report[]) {
      expect(await report(tenant, facts)).toBe(true)
      const once = { tenant: await read(), events: (await test.client.listTenantEvents({ params })).body }
      expect(await report(tenant, facts)).toBe(true)
      expect({ tenant: await read(), events: (await test.client.listTenantEvents({ params })).body }).toEqual(once)
    }
  })

  it('of a superseded operation is refused, but its handle is kept', async () => {
    const first = await create()
    const { body: second } = await test.client.patchTenant({ params, body: { compute_config: { image: 'web:2' } } })
    expect(await report(first, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'late' } })).toBe(false)
    expect(await read()).toMatchObject({
      status: 'requested',
      generation: 2,
      observed_resource_ids: { service: 'late' },
    })
    expect(await desired(second)).toMatchObject({
      config: { image: 'web:2' },
      applied_config: { image: 'mock' },
      resource_ids: { service: 'late' },
    })
    expect(await report(first, { outcome: 'succeeded', endpoints: [] })).toBe(false)
    expect((await read()).status).toBe('requested')
  })

  it('of an older operation does not overwrite the handle of a newer one', async () => {
    const first = await create()
    const { body: second } = await test.client.patchTenant({ params, body: { compute_config: { image: 'web:2' } } })
    await report(second, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'new' } })
    expect(await report(first, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'old' } })).toBe(false)
    expect(await desired(second)).toMatchObject({
      resource_ids: { service: 'new' },
      applied_config: { image: 'web:2' },
    })
  })

  it('of taking down keeps the configuration that was applied', async () => {
    const tenant = await create()
    await test.settle(tenant)
    await test.client.patchTenant({ params, body: { compute_config: { image: 'never-applied' } } })
    const { body: deleting } = await test.client.deleteTenant({ params })
    await report(deleting, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'half' } })
    expect(await desired(deleting)).toMatchObject({
      applied_config: { image: 'mock' },
      resource_ids: { service: 'half' },
    })
  })

  it('of a failed update keeps the instance and its endpoints', async () => {
    const tenant = await create()
    const endpoints = [{ protocol: 'tcp' as const, host: '127.0.0.1', port: 1 }]
    await report(tenant, { outcome: 'succeeded', endpoints })
    const { body: updating } = await test.client.patchTenant({ params, body: { compute_config: { image: 'bad' } } })
    const failed = { ...error, code: 'update_failed', message: 'no such image', retryable: false }
    await report(updating, { outcome: 'failed', error: failed })
    expect(await read()).toMatchObject({
      status: 'failed',
      failed_operation: 'update',
      failure: failed,
      endpoints,
      generation: 2,
      observed_generation: 1,
    })
    const { body: fixed } = await test.client.patchTenant({ params, body: { compute_config: { image: 'good' } } })
    expect(fixed.status).toBe('updating')
    expect((await desired(fixed)).operation?.kind).toBe('update')
  })

  it('of an operation or tenant that nobody knows is refused', async () => {
    const tenant = await create()
    expect(await report({ ...tenant, workflow_execution_id: 'nobody' }, { outcome: 'succeeded', endpoints: [] })).toBe(
      false,
    )
    expect(await report({ ...tenant, id: 'nobody' }, { outcome: 'succeeded', endpoints: [] })).toBe(false)
    expect((await read()).status).toBe('requested')
  })

  it('that is a mere heartbeat does not disturb a client that holds the version', async () => {
    const tenant = await create()
    await report(tenant, { outcome: 'in_progress', attempts: 0 })
    const { version } = await read()
    await report(tenant, { outcome: 'in_progress', attempts: 0 })
    expect((await read()).version).toBe(version)
  })

  it('without a message leaves the message as it was', async () => {
    const tenant = await create()
    await report(tenant, { outcome: 'in_progress', attempts: 0, message: 'pulling' })
    const before = await read()
    await report(tenant, { outcome: 'in_progress', attempts: 0 })
    expect(await read()).toEqual(before)
    expect(before.status_message).toBe('pulling')
    const operation = await test.client.getOperation({ params: { id: tenant.workflow_execution_id ?? '' } })
    expect(operation.body.message).toBe('pulling')
  })

  it('of a retry is not undone by a late one of the attempt before', async () => {
    const first = await create()
    await report(first, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'old' } })
    await test.fail(first)
    const { body: second } = await test.client.retryTenant({ params })
    expect(second.generation).toBe(first.generation)
    await report(second, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'new' } })
    expect(await report(first, { outcome: 'in_progress', attempts: 0, resource_ids: { service: 'old' } })).toBe(false)
    expect((await read()).observed_resource_ids).toEqual({ service: 'new' })
  })
})

describe('what the worker is told', () => {
  it('has no operation once there is nothing to do', async () => {
    const tenant = await create()
    await test.settle(tenant, { service: 's-1' })
    const state = await desired(tenant)
    expect(state).not.toHaveProperty('operation')
    expect(state).toMatchObject({ generation: 1, resource_ids: { service: 's-1' }, applied_config: { image: 'mock' } })
  })
})
