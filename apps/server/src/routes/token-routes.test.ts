import { setTimeout } from 'node:timers/promises'
import type { Event } from '@landlord/api-contract'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { type GuardedServer, startGuardedServer } from '../../test/start-guarded-server.ts'
import { startIssuer, type TestIssuer } from '../../test/start-issuer.ts'

const START = Date.parse('2027-03-01T12:00:00.000Z')
let clock = START
const now = () => new Date(clock)
let test: GuardedServer
let issuer: TestIssuer
let admin: string

beforeAll(async () => {
  issuer = await startIssuer(now)
  test = await startGuardedServer({
    now,
    settings: {
      'access.oidc': { issuer: issuer.url, audience: ['landlord'], selector_claim: 'tenants' },
      'access.rate_limit.refused_per_minute': 20,
      'access.rate_limit.requests_per_minute': 60,
      'worker.accepted_tokens': ['the-next-worker-token'],
    },
  })
  admin = await test.makeToken('--name', 'root')
})
afterAll(async () => {
  await test.close()
  await issuer.close()
})
afterEach(() => {
  clock += 3_600_000
})

/** A principal of its own for each test, so that no test uses up the requests of another. */
const asAdmin = async () => test.as(await test.makeToken())

async function newestEvents(limit: number): Promise<Event[]> {
  return (await (await asAdmin()).listEvents({ query: { limit } })).body.events
}

describe('an API token', () => {
  it('is shown once and kept as a hash', async () => {
    const client = await asAdmin()
    const { status, body, headers } = await client.createToken({
      body: {
        name: 'once',
        scope: 'operate',
        label_selector: ' tier == gold , region in ( eu,us )',
        ttl_seconds: 3600,
      },
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/v1/tokens/${body.id}`)
    const { token, ...kept } = body
    expect(kept).toMatchObject({
      name: 'once',
      scope: 'operate',
      label_selector: 'tier=gold,region in (eu,us)',
      expires_at: new Date(clock + 3_600_000).toISOString(),
      created_by: expect.stringMatching(/^token:test-/),
    })
    expect((await client.getToken({ params: { token: 'once' } })).body).toEqual(kept)
    expect(JSON.stringify(await test.database.everything())).not.toContain(token)
    expect(JSON.stringify(await test.database.everything())).not.toContain(token.slice(3, 40))
  })

  it('tells when it was last used, to the minute', async () => {
    const client = await asAdmin()
    const { body } = await client.createToken({ body: { name: 'used', scope: 'read' } })
    const lastUse = async () => (await client.getToken({ params: { token: 'used' } })).body.last_used_at
    expect(await lastUse()).toBeUndefined()
    const first = now().toISOString()
    await test.as(body.token).listTenants()
    clock += 59_000
    await test.as(body.token).listTenants()
    expect(await lastUse()).toBe(first)
    clock += 2_000
    await test.as(body.token).listTenants()
    expect(await lastUse()).toBe(now().toISOString())
  })

  it('has a name of its own until it is revoked, and its record stays', async () => {
    const client = await asAdmin()
    const { body: first } = await client.createToken({ body: { name: 'ci', scope: 'read' } })
    expect(await problemOf(client.createToken({ body: { name: 'ci', scope: 'read' } }))).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('revoke it first'),
    })
    const { body: revoked } = await client.revokeToken({ params: { token: 'ci' } })
    expect(revoked).toMatchObject({ id: first.id, revoked_at: now().toISOString() })
    // Again, by the id that is left: nothing changes.
    clock += 1000
    expect((await client.revokeToken({ params: { token: first.id } })).body).toEqual(revoked)
    const { body: second } = await client.createToken({ body: { name: 'ci', scope: 'read' } })
    expect((await client.getToken({ params: { token: 'ci' } })).body.id).toBe(second.id)
    const ids = async (include_revoked: boolean) =>
      (await client.listTokens({ query: { include_revoked, limit: 500 } })).body.tokens.map((token) => token.id)
    expect(await ids(false)).not.toContain(first.id)
    expect(await ids(true)).toContain(first.id)
    const page = (await client.listTokens({ query: { limit: 1 } })).body
    const next = await client.listTokens({ query: { limit: 1, cursor: page.next_cursor ?? '' } })
    expect(next.body.tokens[0]?.id).not.toBe(page.tokens[0]?.id)
  })

  it('is good until the moment that was asked for', async () => {
    const expiresAt = new Date(clock + 60_000).toISOString()
    const { body } = await (await asAdmin()).createToken({
      body: { name: 'brief', scope: 'read', expires_at: expiresAt.replace('Z', '+00:00') },
    })
    expect(body.expires_at).toBe(expiresAt)
    const brief = test.as(body.token)
    expect((await brief.listTenants()).status).toBe(200)
    clock += 60_000
    expect((await problemOf(brief.listTenants())).status).toBe(401)
  })

  it('says what is wrong with one that is asked for', async () => {
    const client = await asAdmin()
    const ask = (fields: object) => problemOf(client.createToken({ body: { name: 'x', scope: 'read', ...fields } }))
    expect((await ask({ label_selector: 'tier=(' })).detail).toMatch(/label_selector: expected/)
    expect((await ask({ expires_at: '2020-01-01T00:00:00Z' })).detail).toMatch(/expires_at: is in the past/)
    expect((await ask({ expires_at: '2028-12-31T23:59:60Z' })).detail).toMatch(/expires_at: is no time/)
    expect((await ask({ expires_at: '2028-01-01T00:00:00Z', ttl_seconds: 60 })).detail).toMatch(/one of the two/)
    expect((await ask({ name: 'Not A Name' })).status).toBe(400)
    expect((await ask({ scope: 'owner' })).status).toBe(400)
  })

  it('never makes one that is wider than itself', async () => {
    const limited = test.as(await test.makeToken('--name', 'limited', '--selector', 'tier=pro', '--expires', '1d'))
    const { body: heir } = await limited.createToken({ body: { name: 'heir', scope: 'admin' } })
    const { body: mine } = await (await asAdmin()).getToken({ params: { token: 'limited' } })
    expect(heir).toMatchObject({ label_selector: 'tier=pro', expires_at: mine.expires_at })
    const { body: narrower } = await limited.createToken({
      body: { name: 'narrower', scope: 'read', label_selector: 'region=eu,tier=pro' },
    })
    expect(narrower.label_selector).toBe('tier=pro,region=eu')
    const late = { name: 'late', scope: 'read' as const, ttl_seconds: 10 * 86_400 }
    expect(await problemOf(limited.createToken({ body: late }))).toMatchObject({ status: 403 })
    const names = (await limited.listTokens({ query: { limit: 500 } })).body.tokens.map((token) => token.name)
    expect(names.sort()).toEqual(['heir', 'limited', 'narrower'])
    expect((await problemOf(limited.revokeToken({ params: { token: 'root' } }))).status).toBe(404)
  })
})

describe('a token limited to some tenants', () => {
  it('makes and changes only tenants that stay in its sight', async () => {
    const client = test.as(await test.makeToken('--selector', 'tier=pro', '--scope', 'operate'))
    const refused = [
      await problemOf(client.createTenant({ body: { name: 'one' } })),
      await problemOf(client.planCreation({ body: { name: 'one', labels: { tier: 'basic' } } })),
    ]
    for (const problem of refused) {
      expect(problem).toMatchObject({ status: 403, errors: [{ pointer: '/labels', message: 'must fit tier=pro' }] })
    }
    await client.createTenant({ body: { name: 'one', labels: { tier: 'pro' } } })
    const params = { tenant: 'one' }
    expect((await problemOf(client.replaceTenant({ params, body: {} }))).status).toBe(403)
    expect((await problemOf(client.patchTenant({ params, body: { labels: { tier: 'basic' } } }))).status).toBe(403)
    expect((await problemOf(client.planChange({ params, body: { labels: {} } }))).status).toBe(403)
    expect((await client.patchTenant({ params, body: { labels: { region: 'eu' } } })).body.labels).toEqual({
      tier: 'pro',
      region: 'eu',
    })
  })

  it('is told that a name is taken, and not by what', async () => {
    const { body: other } = await (await asAdmin()).createTenant({ body: { name: 'taken', labels: { tier: 'basic' } } })
    const client = test.as(await test.makeToken('--selector', 'tier=pro'))
    const body = { name: 'taken', labels: { tier: 'pro' } }
    for (const ask of [client.createTenant, client.planCreation]) {
      const problem = await problemOf(ask({ body }))
      expect(problem).toMatchObject({ status: 409, detail: 'the name taken is taken; choose another' })
      expect(JSON.stringify(problem)).not.toContain(other.id)
    }
  })

  it('adopts nothing, as nothing says whose it is that runs', async () => {
    const client = test.as(await test.makeToken('--selector', 'tier=pro'))
    const body = { name: 'taken-over', resource: 'by-hand', labels: { tier: 'pro' } }
    const problem = await problemOf(client.adoptTenant({ body }))
    expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining('the whole installation') })
  })

  it('gets nothing from the idempotency key of somebody else', async () => {
    const headers = { 'idempotency-key': 'k-1' }
    const body = { name: 'keyed', labels: { tier: 'basic' } }
    await (await asAdmin()).createTenant({ headers, body })
    const client = test.as(await test.makeToken('--selector', 'tier=pro'))
    expect((await problemOf(client.createTenant({ headers, body }))).status).toBe(403)
  })

  it('gets nothing from the idempotency key of a revoked token of its name', async () => {
    const headers = { 'idempotency-key': 'k-2' }
    const body = { name: 'keyed-before', labels: { tier: 'pro' } }
    const names = ['--name', 'again', '--selector']
    await test.as(await test.makeToken(...names, 'tier=pro')).createTenant({ headers, body })
    await (await asAdmin()).revokeToken({ params: { token: 'again' } })
    const client = test.as(await test.makeToken(...names, 'tier=pro'))
    expect(await problemOf(client.createTenant({ headers, body }))).toMatchObject({ code: 'idempotency_key_reused' })
  })
})

describe('a token of the issuer', () => {
  it('is answered again under its idempotency key only while its claims reach the same tenants', async () => {
    const headers = { 'idempotency-key': 'k-3' }
    const body = { name: 'keyed-by-ada', labels: { tier: 'pro' } }
    const reach = async (tenants: string) => test.as(await issuer.sign({ landlord_scopes: 'operate', tenants }))
    const first = await (await reach('tier=pro')).createTenant({ headers, body })
    expect((await (await reach('tier=pro')).createTenant({ headers, body })).body).toEqual(first.body)
    const moved = await problemOf((await reach('tier=basic')).createTenant({ headers, body }))
    expect(moved.code).toBe('idempotency_key_reused')
    expect(JSON.stringify(moved)).not.toContain(first.body.id)
  })

  it('acts as its subject, within the selector in its claims', async () => {
    const client = test.as(await issuer.sign({ landlord_scopes: 'operate', tenants: 'tier=pro' }))
    await client.createTenant({ body: { name: 'by-ada', labels: { tier: 'pro' } } })
    expect((await problemOf(client.createTenant({ body: { name: 'no' } }))).status).toBe(403)
    expect((await problemOf(client.listTokens())).detail).toContain('needs the scope "admin"')
    const [created] = (await client.listTenantEvents({ params: { tenant: 'by-ada' }, query: { order: 'asc' } })).body
      .events
    expect(created).toMatchObject({ principal: 'oidc:ada', address: '127.0.0.1', request_id: expect.any(String) })
    expect((await problemOf(test.as(await issuer.sign({ tenants: '*' })).listTenants())).detail).toContain('has none')
  })
})

describe('the audit trail', () => {
  it('tells admins of tokens and of refused calls, and shows no token', async () => {
    const { token } = (await (await asAdmin()).createToken({ body: { name: 'told', scope: 'read' } })).body
    expect((await problemOf(test.as(token).listTokens())).status).toBe(403)
    await test
      .as('ll_wrong')
      .listTenants()
      .catch(() => {})
    const events = await newestEvents(10)
    const refused = events.filter((event) => event.type === 'access.refused').slice(0, 2)
    expect(refused.map(({ principal, data, address }) => ({ principal, address, ...data }))).toMatchObject([
      { principal: 'anonymous', address: '127.0.0.1', status: 401, method: 'GET', route: '/v1/tenants' },
      { principal: 'token:told', address: '127.0.0.1', status: 403, route: '/v1/tokens' },
    ])
    const created = events.filter((event) => event.type === 'token.created').map((event) => event.data)
    expect(created).toContainEqual(expect.objectContaining({ token_name: 'told', scope: 'read' }))
    expect(JSON.stringify(await test.database.everything())).not.toMatch(/ll_wrong/)
    const types = (await test.as(token).listEvents({ query: { limit: 500 } })).body.events.map((event) => event.type)
    expect(types).toContain('tenant.created')
    expect(types.filter((type) => /^(token|access)\./.test(type))).toEqual([])
  })
})

describe('what lasts', () => {
  it('ends with the token that it began with', async () => {
    const client = await asAdmin()
    const { body } = await client.createToken({ body: { name: 'waiting', scope: 'read' } })
    await client.createTenant({ body: { name: 'slow', labels: { tier: 'pro' } } })
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    try {
      const waiting = problemOf(test.as(body.token).waitForTenant({ params: { tenant: 'slow' } }))
      const stream = await fetch(`${test.url}/v1/events`, {
        headers: { accept: 'text/event-stream', authorization: `Bearer ${body.token}` },
      })
      expect(stream.headers.get('content-type')).toContain('text/event-stream')
      const ended = stream.text()
      await client.revokeToken({ params: { token: 'waiting' } })
      await vi.waitFor(async () => {
        await vi.advanceTimersByTimeAsync(10_000)
        const first = await Promise.race([waiting, setTimeout(50, undefined)])
        expect(first).toMatchObject({ status: 401, detail: expect.stringContaining('was revoked') })
      })
      await ended
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('rates', () => {
  it('are limited for each principal, and the answer says how long to wait', async () => {
    const token = await test.makeToken()
    const ask = () => fetch(`${test.url}/v1/compute/providers`, { headers: { authorization: `Bearer ${token}` } })
    const first = await ask()
    expect(first.headers.get('ratelimit-limit')).toBe('60')
    expect(first.headers.get('ratelimit-remaining')).toBe('59')
    const answers = await Promise.all(Array.from({ length: 60 }, ask))
    const late = answers.filter(({ status }) => status === 429)
    expect(late).toHaveLength(1)
    expect(Number(late[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await late[0]?.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('60 requests'),
    })
    expect((await (await asAdmin()).listTenants()).status).toBe(200)
  })

  it('of attempts are limited for each address, and a good token gets in all the same', async () => {
    const attempts = await Promise.all(Array.from({ length: 25 }, () => fetch(`${test.url}/v1/tenants`)))
    const statuses = attempts.map(({ status }) => status)
    expect(statuses).toContain(429)
    expect(attempts.find(({ status }) => status === 429)?.headers.get('retry-after')).toMatch(/^\d+$/)
    expect((await test.as(admin).listTenants()).status).toBe(200)
  })
})

describe('worker tokens', () => {
  it('may be several, so that one can take the place of another', async () => {
    const ask = (token: string) =>
      fetch(`${test.url}/internal/v1/installation`, { headers: { authorization: `Bearer ${token}` } })
    expect((await ask('the-next-worker-token')).status).toBe(200)
    expect((await test.worker.getInstallation()).status).toBe(200)
  })
})
