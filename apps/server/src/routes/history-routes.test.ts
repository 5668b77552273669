import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startReceiver } from '../../test/start-receiver.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
const params = { tenant: 'acme' }

beforeAll(async () => {
  test = await startTestServer()
  await test.client.createTenant({ body: { name: 'acme' } })
  await test.client.createTenant({ body: { name: 'other' } })
  for (const image of ['a', 'b', 'c']) {
    await test.client.patchTenant({ params, body: { compute_config: { image } } })
  }
})
afterAll(() => test.close())

describe('operations', () => {
  it('are listed newest first, by pages', async () => {
    const generations: number[] = []
    let cursor: string | undefined
    do {
      const query = { limit: 3, ...(cursor === undefined ? {} : { cursor }) }
      const { body } = await test.client.listTenantOperations({ params, query })
      generations.push(...body.operations.map((operation) => operation.generation))
      cursor = body.next_cursor
    } while (cursor !== undefined)
    expect(generations).toEqual([4, 3, 2, 1])
    const { body } = await test.client.listTenantOperations({ params, query: { order: 'asc', limit: 1 } })
    expect(body.operations[0]?.generation).toBe(1)
  })

  it('are read by id', async () => {
    const [operation] = (await test.client.listTenantOperations({ params })).body.operations
    const { body } = await test.client.getOperation({ params: { id: operation?.id ?? '' } })
    expect(body).toEqual(operation)
    expect(body).toMatchObject({ tenant_name: 'acme', kind: 'provision', state: 'pending', attempts: 0, changes: [] })
    expect(Date.parse(body.deadline_at) - Date.parse(body.created_at)).toBe(1_800_000)
    expect((await problemOf(test.client.getOperation({ params: { id: 'nobody' } }))).status).toBe(404)
  })

  it('name the trace of the request that asked for them, where there is one', async () => {
    const collector = await startReceiver({ status: 200 })
    const settings = { 'tracing.enabled': true, 'tracing.otlp_endpoint': collector.url }
    const traced = await startTestServer({ settings, database: test.database, engine: test.engine })
    onTestFinished(() => traced.server.close())
    const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
    await fetch(`${traced.url}/v1/tenants/other`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', traceparent: `00-${trace}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ compute_config: { image: 'traced' } }),
    })
    const { operations } = (await test.client.listTenantOperations({ params: { tenant: 'other' } })).body
    expect(operations).toHaveLength(2)
    expect(operations[0]).toMatchObject({ trace_id: trace })
    expect(operations[1]).not.toHaveProperty('trace_id')
  })

  it('are read after the events that told of them have been deleted', async () => {
    const [operation] = (await test.client.listTenantOperations({ params })).body.operations
    await test.database.query('delete from events')
    const { body } = await test.client.getOperation({ params: { id: operation?.id ?? '' } })
    expect(body.id).toBe(operation?.id)
  })
})
