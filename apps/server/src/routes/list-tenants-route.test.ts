import type { ListTenantsQuery } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

const TENANTS = [
  { name: 'alpha', labels: { tier: 'pro', region: 'eu' } },
  { name: 'bravo', labels: { tier: 'free', region: 'us', trial: '' } },
  { name: 'charlie', labels: { tier: 'pro', region: 'us' } },
  { name: 'delta', labels: { region: 'ap' } },
  { name: 'echo', labels: {} },
  { name: 'fox-trot', labels: { tier: 'pro' } },
]

beforeAll(async () => {
  // Everything happens in one moment, so that the order hangs on the tie-break.
  test = await startTestServer({ now: () => new Date('2026-11-20T12:00:00.000Z') })
  for (const body of TENANTS) await test.client.createTenant({ body })
  const { body: alpha } = await test.client.getTenant({ params: { tenant: 'alpha' } })
  await test.settle(alpha)
  const { body: bravo } = await test.client.getTenant({ params: { tenant: 'bravo' } })
  await test.fail(bravo)
  const { body: echo } = await test.client.archiveTenant({ params: { tenant: 'echo' } })
  await test.settle(echo)
})
afterAll(() => test.close())

const names = async (query: ListTenantsQuery) => {
  const { body } = await test.client.listTenants({ query: { sort: 'name', ...query } })
  expect(body.total).toBe(body.tenants.length)
  return body.tenants.map((tenant) => tenant.name).join(' ')
}

describe('GET /v1/tenants', () => {
  it.each<[ListTenantsQuery, string]>([
    [{}, 'alpha bravo charlie delta fox-trot'],
    [{ include_deleted: true }, 'alpha bravo charlie delta echo fox-trot'],
    [{ status: 'archived' }, 'echo'],
    [{ status: 'ready,failed' }, 'alpha bravo'],
    [{ provider: 'mock', status: 'requested' }, 'charlie delta fox-trot'],
    [{ provider: 'nomad' }, ''],
    [{ q: 'r' }, 'bravo charlie fox-trot'],
    [{ q: 'X-T' }, 'fox-trot'],
    [{ q: '%' }, ''],
    [{ q: '_' }, ''],
    [{ workflow_sub_state: 'failed' }, 'bravo'],
    [{ has_workflow_error: true }, 'bravo'],
    [{ has_workflow_error: false }, 'alpha charlie delta fox-trot'],
    [{ min_retry_count: 1 }, ''],
    [{ label_selector: 'tier=pro' }, 'alpha charlie fox-trot'],
    [{ label_selector: 'tier!=pro' }, 'bravo delta'],
    [{ label_selector: 'region in (eu,us)' }, 'alpha bravo charlie'],
    [{ label_selector: 'region notin (eu,us)' }, 'delta fox-trot'],
    [{ label_selector: 'tier' }, 'alpha bravo charlie fox-trot'],
    [{ label_selector: '!tier' }, 'delta'],
    [{ label_selector: 'tier=pro,region=us,!trial' }, 'charlie'],
    [{ label_selector: 'trial=' }, 'bravo'],
    [{ label_selector: 'tier=pro', status: 'requested' }, 'charlie fox-trot'],
  ])('filters by %j', async (query, expected) => {
    expect(await names(query)).toBe(expected)
  })

  it('finds a tenant by a part of its id', async () => {
    const { body } = await test.client.getTenant({ params: { tenant: 'delta' } })
    expect(await names({ q: body.id.slice(-12) })).toBe('delta')
  })

  it.each(['created_at', '-created_at', 'name', '-name', 'updated_at', '-updated_at'] as const)(
    'pages by cursor through every tenant once, sorted by %s',
    async (sort) => {
      const whole = (await test.client.listTenants({ query: { sort } })).body.tenants.map((tenant) => tenant.name)
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const query = { sort, limit: 2, ...(cursor === undefined ? {} : { cursor }) }
        const { body } = await test.client.listTenants({ query })
        expect(body.total).toBe(5)
        seen.push(...body.tenants.map((tenant) => tenant.name))
        cursor = body.next_cursor
      } while (cursor !== undefined)
      expect(seen).toEqual(whole)
    },
  )

  it('pages by offset', async () => {
    const { body } = await test.client.listTenants({ query: { sort: '-name', limit: 2, offset: 3 } })
    expect(body).toMatchObject({ total: 5, limit: 2, offset: 3 })
    expect(body.tenants.map((tenant) => tenant.name)).toEqual(['bravo', 'alpha'])
    expect(body).not.toHaveProperty('next_cursor')
    expect((await test.client.listTenants({ query: { offset: 100 } })).body).toMatchObject({ tenants: [], total: 5 })
  })

  it('does not lose or repeat a tenant when others come and go between pages', async () => {
    const first = (await test.client.listTenants({ query: { sort: 'name', limit: 3 } })).body
    await test.client.createTenant({ body: { name: 'aaa' } })
    const { body } = await test.client.listTenants({
      query: { sort: 'name', limit: 3, cursor: first.next_cursor ?? '' },
    })
    expect(body.tenants.map((tenant) => tenant.name)).toEqual(['delta', 'fox-trot'])
    const { body: gone } = await test.client.deleteTenant({ params: { tenant: 'aaa' } })
    await test.settle(gone)
  })

  it.each<[ListTenantsQuery, string, RegExp]>([
    [{ label_selector: 'tier in eu' }, '?label_selector', /expected "\(" at position 8/],
    [{ status: 'redy' }, '?status', /did you mean "ready"/],
    [{ cursor: 'nonsense' }, '?cursor', /is not a cursor/],
    [{ limit: 501 }, '?limit', /<= 500/],
    [{ limit: 0 }, '?limit', />= 1/],
    [{ offset: -1 }, '?offset', />= 0/],
    [{ limt: 5 } as ListTenantsQuery, '?limt', /did you mean "limit"/],
    [{ sort: 'size' } as unknown as ListTenantsQuery, '?sort', /must be one of/],
    [{ include_deleted: 'maybe' } as unknown as ListTenantsQuery, '?include_deleted', /must be boolean/],
  ])('refuses %j', async (query, pointer, message) => {
    const problem = await problemOf(test.client.listTenants({ query }))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(problem.errors).toEqual([{ pointer, message: expect.stringMatching(message) }])
  })

  it('refuses a cursor of another order, and a cursor with an offset', async () => {
    const { body } = await test.client.listTenants({ query: { sort: 'name', limit: 1 } })
    const cursor = body.next_cursor ?? ''
    for (const query of [
      { sort: '-name' as const, cursor },
      { sort: 'name' as const, cursor, offset: 1 },
    ]) {
      expect((await problemOf(test.client.listTenants({ query }))).status).toBe(400)
    }
  })

  it.each([
    ['label_selector', Array.from({ length: 1500 }, () => 'a').join(',')],
    ['offset', '1e300'],
    ['min_retry_count', '1e300'],
  ])('refuses a %s beyond what the database can take', async (name, value) => {
    const response = await fetch(`${test.url}/v1/tenants?${new URLSearchParams({ [name]: value })}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'invalid_request', errors: [{ pointer: `?${name}` }] })
  })
})
