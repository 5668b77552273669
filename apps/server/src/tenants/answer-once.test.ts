import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const DAY_MS = 86_400_000
let test: TestServer
let now = new Date('2026-11-20T12:00:00.000Z')

beforeEach(async () => {
  now = new Date('2026-11-20T12:00:00.000Z')
  test = await startTestServer({ now: () => now })
})
afterEach(() => test.close())

const headers = { 'idempotency-key': 'key-1' }
const create = (name: string, key = 'key-1') =>
  test.client.createTenant({ body: { name, labels: { a: '1', b: '2' } }, headers: { 'idempotency-key': key } })

describe('Idempotency-Key', () => {
  it('repeats the answer, status and headers included, whatever has become of the tenant', async () => {
    const first = await create('acme')
    await test.settle(first.body)
    const second = await test.client.createTenant({ body: { labels: { b: '2', a: '1' }, name: 'acme' }, headers })
    expect(second.status).toBe(201)
    expect(second.body).toEqual(first.body)
    for (const name of ['etag', 'location']) expect(second.headers.get(name)).toBe(first.headers.get(name))
    expect(first.headers.get('idempotency-replayed')).toBeNull()
    expect(second.headers.get('idempotency-replayed')).toBe('true')
  })

  it('does an action once', async () => {
    const { body } = await create('acme')
    await test.settle(body)
    const params = { tenant: 'acme' }
    const once = { 'idempotency-key': 'reconcile-1' }
    const first = await test.client.reconcileTenant({ params, headers: once })
    await test.settle(body)
    const second = await test.client.reconcileTenant({ params, headers: once })
    expect(second.body).toEqual(first.body)
    expect((await test.client.getTenant({ params })).body.status).toBe('ready')
  })

  it('refuses the same key with another body, path or method', async () => {
    await create('acme')
    expect(await problemOf(create('other'))).toMatchObject({ status: 422, code: 'idempotency_key_reused' })
    const params = { tenant: 'acme' }
    for (const call of [test.client.archiveTenant, test.client.reconcileTenant]) {
      expect((await problemOf(call({ params, headers }))).code).toBe('idempotency_key_reused')
    }
    expect((await test.client.listTenants()).body.total).toBe(1)
  })

  it('is free again when the request was refused', async () => {
    await problemOf(test.client.createTenant({ body: { name: 'acme', compute_config: { nope: 1 } }, headers }))
    expect((await create('acme')).status).toBe(201)
  })

  it('gives one answer to many requests at once', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => create('acme')))
    expect(new Set(answers.map((answer) => JSON.stringify([answer.status, answer.body]))).size).toBe(1)
    expect(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null)).toHaveLength(1)
  })

  it('is honoured for 24 hours, also across a restart', async () => {
    const first = await create('acme')
    test = await test.restart()
    now = new Date(now.getTime() + DAY_MS)
    expect((await create('acme')).body).toEqual(first.body)
    now = new Date(now.getTime() + 1)
    expect((await create('other')).status).toBe(201)
  })

  it('must not be empty or endless', async () => {
    for (const key of ['', 'x'.repeat(256)]) {
      expect(await problemOf(create('acme', key))).toMatchObject({
        status: 400,
        detail: expect.stringContaining('header idempotency-key'),
      })
    }
  })

  it('is not for deletes: a key in their headers means nothing', async () => {
    await test.client.createTenant({ body: { name: 'acme' } })
    const remove = () =>
      fetch(`${test.url}/v1/tenants/acme`, { method: 'DELETE', headers: { 'idempotency-key': 'x'.repeat(1000) } })
    expect((await remove()).status).toBe(202)
    const second = await remove()
    expect(second.status).toBe(202)
    expect(second.headers.get('idempotency-replayed')).toBeNull()
  })
})
