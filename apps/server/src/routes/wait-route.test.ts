import { once } from 'node:events'
import { request } from 'node:http'
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

describe('GET /v1/tenants/{tenant}/wait', () => {
  it('answers at once when a condition holds', async () => {
    await create()
    const { status, body } = await test.client.waitForTenant({ params, query: { until: 'ready, requested' } })
    expect(status).toBe(200)
    expect(body.status).toBe('requested')
  })

  it('answers as soon as the tenant gets there', async () => {
    const tenant = await create()
    const waits = Array.from({ length: 20 }, () => test.client.waitForTenant({ params, query: { timeout: 50 } }))
    await test.settle(tenant)
    const answers = await Promise.all(waits)
    expect(answers.every((answer) => answer.body.status === 'ready')).toBe(true)
  })

  it('sees what another server writes to the database', async () => {
    const tenant = await create()
    const wait = test.client.waitForTenant({ params: { tenant: tenant.id }, query: { until: 'archived' } })
    const other = await test.database.open()
    await other.db.updateTable('tenants').set({ status: 'archived' }).execute()
    await other.close()
    expect((await wait).body.status).toBe('archived')
  })

  it('answers 408 when the time is up, and says how it stands', async () => {
    await create()
    const problem = await problemOf(test.client.waitForTenant({ params, query: { timeout: 1 } }))
    expect(problem).toMatchObject({
      status: 408,
      code: 'wait_timeout',
      detail: expect.stringContaining('still requested'),
    })
  })

  it('answers with the tenant as it last was when it is gone', async () => {
    const tenant = await create()
    await test.client.deleteTenant({ params })
    const wait = test.client.waitForTenant({ params, query: { until: 'gone' } })
    await test.settle(tenant)
    expect((await wait).body).toMatchObject({ id: tenant.id, status: 'deleting' })
    const byId = { tenant: tenant.id }
    const after = await test.client.waitForTenant({ params: byId, query: { until: 'gone,failed' } })
    expect(after.body.id).toBe(tenant.id)
    expect((await problemOf(test.client.waitForTenant({ params: byId }))).status).toBe(404)
    expect((await problemOf(test.client.waitForTenant({ params, query: { until: 'gone' } }))).status).toBe(404)
  })

  it('answers with the tenant as it last was when an archived one is deleted', async () => {
    const tenant = await create()
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const wait = test.client.waitForTenant({ params, query: { until: 'gone' } })
    await vi.waitFor(async () => expect(await openWaits()).toBe(1))
    await test.client.deleteTenant({ params })
    const { status, body } = await wait
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: tenant.id, status: 'archived' })
    const after = await test.client.waitForTenant({ params: { tenant: tenant.id }, query: { until: 'gone' } })
    expect(after.body).toEqual(body)
  })

  it('refuses conditions that it does not know and times that are too long', async () => {
    await create()
    expect(await problemOf(test.client.waitForTenant({ params, query: { until: 'redy' } }))).toMatchObject({
      status: 400,
      detail: expect.stringContaining('did you mean "ready"?'),
    })
    expect(await problemOf(test.client.waitForTenant({ params, query: { timeout: 61 } }))).toMatchObject({
      status: 400,
      errors: [{ pointer: '?timeout', message: expect.stringContaining('60') }],
    })
  })

  it('ends with 503 when the server stops', async () => {
    await create()
    const wait = problemOf(test.client.waitForTenant({ params }))
    await vi.waitFor(async () => expect(await openWaits()).toBe(1))
    await test.server.close()
    expect(await wait).toMatchObject({ status: 503, code: 'unavailable', detail: expect.stringContaining('stopping') })
  })

  it('is freed when the client goes away', async () => {
    await create()
    const call = request(`${test.url}/v1/tenants/acme/wait?until=gone`).end()
    call.on('error', () => {})
    await once(call, 'socket')
    await vi.waitFor(async () => expect(await openWaits()).toBe(1))
    call.destroy()
    await vi.waitFor(async () => expect(await openWaits()).toBe(0))
  })
})

async function openWaits(): Promise<number> {
  const page = await (await fetch(`${test.url}/metrics`)).text()
  return Number(/^landlord_waits_open (\d+)$/m.exec(page)?.[1])
}
