import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
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
})

describe('events', () => {
  it('are listed by pages, of one tenant or of all', async () => {
    const types = async (order: 'asc' | 'desc') => {
      const found: string[] = []
      let cursor: string | undefined
      do {
        const query = { limit: 2, order, ...(cursor === undefined ? {} : { cursor }) }
        const { body } = await test.client.listTenantEvents({ params, query })
        found.push(...body.events.map((event) => event.type))
        cursor = body.next_cursor
      } while (cursor !== undefined)
      return found
    }
    const updated = ['tenant.updated', 'operation.superseded']
    const forward = await types('asc')
    expect([...forward].sort()).toEqual(['tenant.created', ...updated, ...updated, ...updated].sort())
    expect(forward[0]).toBe('tenant.created')
    expect(await types('desc')).toEqual(forward.toReversed())
    const all = (await test.client.listEvents({ query: { limit: 500 } })).body.events
    expect(all).toHaveLength(8)
    expect(all.map((event) => Number(event.id))).toEqual(all.map((event) => Number(event.id)).sort((a, b) => b - a))
  })

  it('name the request that caused them', async () => {
    const response = await fetch(`${test.url}/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': 'deploy-42' },
      body: JSON.stringify({ name: 'traced' }),
    })
    expect(response.headers.get('x-request-id')).toBe('deploy-42')
    const [event] = (await test.client.listTenantEvents({ params: { tenant: 'traced' } })).body.events
    expect(event).toMatchObject({
      type: 'tenant.created',
      request_id: 'deploy-42',
      principal: 'anonymous',
      generation: 1,
    })
  })

  it('refuse a cursor that is none', async () => {
    for (const cursor of ['x', Buffer.from('{"id":"x"}').toString('base64url')]) {
      expect((await problemOf(test.client.listEvents({ query: { cursor } }))).status).toBe(400)
    }
    expect((await problemOf(test.client.listTenantEvents({ params: { tenant: 'nobody' } }))).status).toBe(404)
  })
})
