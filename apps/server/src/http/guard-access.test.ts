import { type RouteDefinition, routes, workerRoutes } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GuardedServer, startGuardedServer } from '../../test/start-guarded-server.ts'
import { WORKER_TOKEN } from '../../test/start-test-server.ts'
import { makeToken } from '../access/api-token.ts'

const TABLE: readonly (readonly [string, RouteDefinition])[] = [
  ...Object.entries(routes),
  ...Object.entries(workerRoutes),
  ['metrics', { method: 'GET', path: '/metrics', access: 'read', installationWide: true } as RouteDefinition],
]
const byAccess = (...kinds: readonly RouteDefinition['access'][]) =>
  TABLE.filter(([, route]) => kinds.includes(route.access))

/** What a route's body cannot do without. */
const BODIES: Readonly<Record<string, unknown>> = {
  createTenant: { name: 'somebody', labels: { tier: 'pro' } },
  createToken: { name: 'further', scope: 'read' },
}

let test: GuardedServer
let hidden: { readonly id: string; readonly operation: string }
let hiddenToken: { readonly id: string }
const tokens: Record<'read' | 'operate' | 'admin' | 'limited' | 'expired' | 'revoked', string> = {
  read: '',
  operate: '',
  admin: '',
  limited: '',
  expired: '',
  revoked: '',
}
let clock = new Date()

beforeAll(async () => {
  test = await startGuardedServer({
    now: () => clock,
    settings: { 'access.rate_limit.refused_per_minute': 100_000, 'server.trusted_proxies': ['127.0.0.0/8'] },
  })
  for (const scope of ['read', 'operate', 'admin'] as const) tokens[scope] = await test.makeToken('--scope', scope)
  tokens.limited = await test.makeToken('--selector', 'tier=pro')
  tokens.expired = await test.makeToken('--expires', '1d')
  clock = new Date(clock.getTime() + 86_400_000)
  tokens.revoked = await test.makeToken('--name', 'gone')
  const admin = test.as(tokens.admin)
  await admin.revokeToken({ params: { token: 'gone' } })
  const { body } = await admin.createTenant({ body: { name: 'hidden-one', labels: { tier: 'basic' } } })
  hidden = { id: body.id, operation: body.workflow_execution_id ?? '' }
  hiddenToken = (await admin.createToken({ body: { name: 'hidden-token', scope: 'read' } })).body
})
afterAll(async () => {
  // They were there all the time, and whoever was limited has done nothing to them.
  const admin = test.as(tokens.admin)
  expect((await admin.getTenant({ params: { tenant: 'hidden-one' } })).body.version).toBe(1)
  expect((await admin.getToken({ params: { token: 'hidden-token' } })).body.revoked_at).toBeUndefined()
  await test.close()
})

function send(name: string, route: RouteDefinition, token: string | undefined, reference = 'nobody') {
  const body = BODIES[name] ?? (route.body === undefined ? undefined : {})
  return fetch(test.url + route.path.replaceAll(/\{\w+\}/g, reference), {
    method: route.method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toContain('application/problem+json')
  return (await response.json()) as { detail: string; code: string }
}

describe.each(byAccess('read', 'operate', 'admin'))('%s', (name, route) => {
  it.each([
    ['no token', () => undefined],
    ['a token that nobody made', makeToken],
    ['half a token', () => tokens.admin.slice(0, -1)],
    ['a mistyped token', () => tokens.admin.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))],
    ['an expired token', () => tokens.expired],
    ['a revoked token', () => tokens.revoked],
    ['a token of another kind', () => 'eyJhbGciOiJub25lIn0.e30.'],
    ["the worker's token", () => WORKER_TOKEN],
  ])('refuses %s', async (_what, token) => {
    const sent = token()
    const response = await send(name, route, sent)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="landlord"/)
    const text = JSON.stringify(await problem(response)) + response.headers.get('www-authenticate')
    if (sent !== undefined) expect(text).not.toContain(sent)
  })

  it('takes its scope and those above it, and none below', async () => {
    const scopes = ['read', 'operate', 'admin'] as const
    for (const scope of scopes) {
      const { status } = await send(name, route, tokens[scope])
      const isEnough = scopes.indexOf(scope) >= scopes.indexOf(route.access as (typeof scopes)[number])
      if (isEnough) expect([401, 403], scope).not.toContain(status)
      else expect(status, scope).toBe(403)
    }
  })
})

describe.each(byAccess('read', 'operate', 'admin'))('%s, to a token limited to some tenants', (name, route) => {
  it('tells of no other tenant that it exists', async () => {
    if (route.installationWide === true) {
      expect((await send(name, route, tokens.limited)).status).toBe(403)
      return
    }
    const references = route.path.includes('{tenant}')
      ? [hidden.id, 'hidden-one']
      : route.path.includes('{token}')
        ? [hiddenToken.id, 'hidden-token']
        : route.path.includes('{')
          ? [hidden.operation]
          : []
    for (const reference of references) {
      const response = await send(name, route, tokens.limited, reference)
      expect(response.status).toBe(404)
      const { detail } = await problem(response)
      const unknown = reference.replaceAll(/[0-9a-f]/g, '0')
      const { detail: other } = await problem(await send(name, route, tokens.limited, unknown))
      expect(detail.replaceAll(reference, unknown)).toBe(other)
    }
    if (references.length > 0) return
    const text = await (await send(name, route, tokens.limited)).text()
    for (const secret of ['hidden-one', hidden.id, hiddenToken.id]) expect(text).not.toContain(secret)
  })
})

describe.each(byAccess('open'))('%s', (name, route) => {
  it.each([undefined, makeToken()])('is open to everybody', async (token) => {
    expect([401, 403]).not.toContain((await send(name, route, token)).status)
  })
})

describe.each(byAccess('worker'))('%s', (name, route) => {
  it('is for workers alone', async () => {
    for (const token of [undefined, ...Object.values(tokens)]) {
      expect((await send(name, route, token)).status).toBe(401)
    }
    expect(await (await send(name, route, WORKER_TOKEN)).status).not.toBe(401)
  })
})

describe('the guard', () => {
  it('leaves the description of the API open, and says nothing of what it does not know', async () => {
    for (const path of ['/v1/openapi.json', '/v1/docs', '/v1/docs/static/swagger-ui.css']) {
      expect((await fetch(test.url + path)).status, path).toBe(200)
    }
    expect((await fetch(`${test.url}/v1/nothing`)).status).toBe(404)
  })

  it('asks for the token of a HEAD as of a GET', async () => {
    const url = `${test.url}/v1/tenants`
    expect((await fetch(url, { method: 'HEAD' })).status).toBe(401)
    const headers = { authorization: `bearer ${tokens.read}` }
    expect((await fetch(url, { method: 'HEAD', headers })).status).toBe(200)
  })

  it('believes a trusted proxy who the client is', async () => {
    const body = JSON.stringify({ name: 'from-afar' })
    const headers = { authorization: `Bearer ${tokens.operate}`, 'content-type': 'application/json' }
    const forwarded = { ...headers, 'x-forwarded-for': '203.0.113.66, 203.0.113.9, 127.0.0.2' }
    await fetch(`${test.url}/v1/tenants`, { method: 'POST', headers: forwarded, body })
    const events = (await test.as(tokens.read).listTenantEvents({ params: { tenant: 'from-afar' } })).body.events
    // The last that no trusted proxy is: what stands before it may be made up.
    expect(events[0]?.address).toBe('203.0.113.9')
  })

  it('does not tell strangers what a dependency says', async () => {
    test.engine.workerRegistered = false
    const ready = async (headers: Record<string, string> = {}) =>
      (await fetch(`${test.url}/ready`, { headers })).json() as Promise<{
        checks: Record<string, { message?: string }>
      }>
    expect((await ready()).checks.worker).toEqual({ status: 'unavailable' })
    const known = await ready({ authorization: `Bearer ${tokens.read}` })
    expect(known.checks.worker?.message).toMatch(/./)
    test.engine.workerRegistered = true
  })
})
