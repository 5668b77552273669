import type { Tenant } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
let time = Date.parse('2026-03-01T00:00:00.000Z')
const at = (seconds: number) => new Date(time + seconds * 1000).toISOString()

beforeAll(async () => {
  test = await startTestServer({ now: () => new Date(time) })
})
afterAll(() => test.close())

const paramsOf = (name: string) => ({ params: { tenant: name } })
const create = async (name: string, options: object = {}): Promise<Tenant> =>
  (await test.client.createTenant({ body: { name, ...options } })).body
const patch = async (name: string, body: object): Promise<Tenant> =>
  (await test.client.patchTenant({ ...paramsOf(name), body })).body

describe('the options of a tenant', () => {
  it('have defaults, and change without work for the worker', async () => {
    const tenant = await create('plain')
    expect(tenant).toMatchObject({ deletion_protection: false, expiry_action: 'archive' })
    expect(tenant).not.toHaveProperty('expires_at')
    await test.settle(tenant)
    const body = {
      deletion_protection: true,
      expires_at: '2026-06-01T02:00:00+02:00',
      expiry_action: 'delete' as const,
    }
    const answer = await test.client.patchTenant({ ...paramsOf('plain'), body })
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      ...body,
      expires_at: '2026-06-01T00:00:00.000Z',
      status: 'ready',
      generation: 1,
    })
    const { events } = (await test.client.listTenantEvents(paramsOf('plain'))).body
    expect(events[0]).toMatchObject({
      type: 'tenant.options_changed',
      data: {
        changes: [
          { path: '/deletion_protection', from: false, to: true },
          { path: '/expires_at', to: '2026-06-01T00:00:00.000Z' },
          { path: '/expiry_action', from: 'archive', to: 'delete' },
        ],
      },
    })
    const options = {
      expires_at: '2026-07-01T00:00:00.000Z',
      expiry_action: 'delete' as const,
      drift_policy: 'heal' as const,
      drift_ignore: ['/replicas'],
    }
    const replaced = await test.client.replaceTenant({ ...paramsOf('plain'), body: options })
    expect(replaced).toMatchObject({ status: 200, body: { ...options, deletion_protection: false } })
    // What a PUT leaves out goes back to its default, and `null` does so in a PATCH.
    const bare = await test.client.replaceTenant({ ...paramsOf('plain'), body: { deletion_protection: true } })
    expect(bare.body).toMatchObject({ deletion_protection: true, expiry_action: 'archive', drift_ignore: [] })
    expect(bare.body).not.toHaveProperty('expires_at')
    expect(await patch('plain', { deletion_protection: null })).toMatchObject({ deletion_protection: false })
  })

  it('refuse archive and delete while it is protected, and say how to go on', async () => {
    const tenant = await create('precious', { deletion_protection: true })
    await test.settle(tenant)
    for (const call of [test.client.archiveTenant, test.client.deleteTenant]) {
      expect(await problemOf(call(paramsOf('precious')))).toMatchObject({
        status: 409,
        detail: expect.stringContaining('PATCH it with {"deletion_protection": false} first'),
      })
    }
    await patch('precious', { deletion_protection: false })
    expect((await test.client.deleteTenant(paramsOf('precious'))).status).toBe(202)
  })

  it('count a time to live from when it was accepted: once for POST and PUT, each time for PATCH', async () => {
    const tenant = await create('trial', { ttl_seconds: 600 })
    await test.settle(tenant)
    expect(tenant.expires_at).toBe(at(600))
    time += 60_000
    const again = await test.client.createTenant({ body: { name: 'trial', ttl_seconds: 600 } })
    expect(again).toMatchObject({ status: 200, body: { expires_at: tenant.expires_at } })
    const put = await test.client.replaceTenant({ ...paramsOf('trial'), body: { ttl_seconds: 600 } })
    expect(put).toMatchObject({ status: 200, body: { expires_at: tenant.expires_at } })
    expect((await patch('trial', { ttl_seconds: 600 })).expires_at).toBe(at(600))
    expect(await patch('trial', { labels: { a: 'b' } })).toMatchObject({ expires_at: at(600) })
    expect(await patch('trial', { expires_at: at(60) })).toMatchObject({ expires_at: at(60) })
    expect(await patch('trial', { expires_at: null })).not.toHaveProperty('expires_at')
    expect(await problemOf(test.client.createTenant({ body: { name: 'trial', ttl_seconds: 600 } }))).toMatchObject({
      status: 409,
    })
  })

  it.each([
    ['/ttl_seconds', 'only one of the two', { ttl_seconds: 60, expires_at: '2030-01-01T00:00:00Z' }],
    ['/expires_at', 'has passed', { expires_at: '2020-01-01T00:00:00Z' }],
    ['/expires_at', 'is no time', { expires_at: '9999-12-31T23:59:59-23:59' }],
    ['/expires_at', '', { expires_at: 'tomorrow' }],
    ['/ttl_seconds', '', { ttl_seconds: 0 }],
    ['/expiry_action', '', { expiry_action: 'explode' }],
  ])('refuse %s: %s', async (pointer, text, options) => {
    await create('judged')
    for (const call of [
      () => test.client.createTenant({ body: { name: 'unborn', ...(options as object) } }),
      () => test.client.replaceTenant({ ...paramsOf('judged'), body: options as object }),
      () => test.client.patchTenant({ ...paramsOf('judged'), body: options as object }),
    ]) {
      const problem = await problemOf(call())
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request', detail: expect.stringContaining(text) })
      expect(problem.errors?.map((issue) => issue.pointer)).toEqual([pointer])
    }
  })
})
