import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startIssuer, type TestIssuer } from '../../test/start-issuer.ts'
import { testSettings } from '../../test/start-test-server.ts'
import { HttpProblem } from '../http/http-problem.ts'
import { parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { createOidcVerifier } from './oidc-verifier.ts'

let issuer: TestIssuer
const now = () => new Date()
const SECONDS = () => Math.floor(Date.now() / 1000)

beforeEach(async () => {
  issuer = await startIssuer(now)
})
afterEach(() => issuer.close())

function verifier(overrides: Record<string, unknown> = {}, cooldownMs = 0) {
  const oidc = { issuer: issuer.url, audience: ['landlord'], ...overrides }
  const settings = testSettings({ 'access.mode': 'required', 'access.oidc': oidc }).access.oidc
  if (settings === undefined) throw new Error('no issuer')
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  return createOidcVerifier(settings, { now, logger, cooldownMs })
}

async function refusalOf(token: Promise<string> | string, overrides: Record<string, unknown> = {}) {
  const sent = await token
  const error = await verifier(overrides)(sent).catch((reason: unknown) => reason)
  if (!(error instanceof HttpProblem)) throw new Error(`not refused as it should be: ${JSON.stringify(error)}`)
  // The reason must not give away what would be good instead, nor repeat what was sent.
  expect(error.message + JSON.stringify(error.headers)).not.toContain(sent)
  return { code: error.code, detail: error.message, challenge: error.headers['www-authenticate'] }
}

describe('a good token', () => {
  it('names its subject, with the widest scope that its claim stands for', async () => {
    const verify = verifier()
    const exp = SECONDS() + 300
    expect(await verify(await issuer.sign({ landlord_scopes: 'read operate', exp }))).toEqual({
      principal: 'oidc:ada',
      scope: 'operate',
      selector: [],
      expiresAt: new Date(exp * 1000).toISOString(),
    })
    expect((await verify(await issuer.sign({ landlord_scopes: ['admin'] }))).scope).toBe('admin')
    expect((await verify(await issuer.sign({ landlord_scopes: ['owner'] }))).scope).toBeUndefined()
    expect((await verify(await issuer.sign())).scope).toBeUndefined()
  })

  it('gets its scope from groups where the settings say so', async () => {
    const verify = verifier({ scopes_claim: 'groups', scope_values: { operate: ['ops'], admin: ['platform'] } })
    expect((await verify(await issuer.sign({ groups: ['everyone', 'ops'] }))).scope).toBe('operate')
    expect((await verify(await issuer.sign({ groups: ['platform', 'ops'] }))).scope).toBe('admin')
    expect((await verify(await issuer.sign({ groups: ['admin'] }))).scope).toBeUndefined()
  })

  it('is limited by the selector in its claim, and refused without one', async () => {
    const overrides = { selector_claim: 'tenants' }
    const verify = verifier(overrides)
    expect((await verify(await issuer.sign({ tenants: 'tier=pro,!trial' }))).selector).toEqual(
      parseLabelSelector('tier=pro,!trial'),
    )
    expect((await verify(await issuer.sign({ tenants: '*' }))).selector).toEqual([])
    for (const tenants of [undefined, '', ' ', 'tier==(', ['tier=pro'], 7]) {
      expect((await refusalOf(issuer.sign({ tenants }), overrides)).code, String(tenants)).toBe('forbidden')
    }
  })
})

describe('a bad token', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = () => ({
    iss: issuer.url,
    aud: 'landlord',
    sub: 'ada',
    exp: SECONDS() + 600,
    landlord_scopes: 'admin',
  })

  it.each([
    ['is expired', { exp: 1 }, /expired/],
    ['never expires', { exp: undefined }, /"exp" is missing/],
    ['is of the future', { nbf: 9_999_999_999 }, /not valid yet/],
    ['is for somebody else', { aud: 'other' }, /"aud" is not the one/],
    ['is for nobody', { aud: undefined }, /"aud" is missing/],
    ['is by somebody else', { iss: 'https://evil.example.com' }, /"iss" is not the one/],
    ['names nobody', { sub: undefined }, /"sub"/],
    ['names somebody endless', { sub: 'x'.repeat(256) }, /"sub"/],
  ])('%s', async (_what, wrong, reason) => {
    const { code, detail, challenge } = await refusalOf(issuer.sign({ landlord_scopes: 'admin', ...wrong }))
    expect(code).toBe('unauthorized')
    expect(detail).toMatch(reason)
    expect(challenge).toMatch(/^Bearer realm="landlord", error="invalid_token", error_description="[^"]+"$/)
  })

  it('says that it needs no signature', async () => {
    const token = `${part({ alg: 'none' })}.${part(claims())}.`
    expect((await refusalOf(token)).detail).toMatch(/algorithm/)
  })

  it('is signed with the public key as if that were a shared secret', async () => {
    const head = `${part({ alg: 'HS256', kid: 'key-1' })}.${part(claims())}`
    const signature = createHmac('sha256', issuer.publicKeyText()).update(head).digest('base64url')
    expect((await refusalOf(`${head}.${signature}`)).detail).toMatch(/algorithm/)
    expect(issuer.reads()).toBe(0)
  })

  it('is altered, or signed by a key of somebody else', async () => {
    const [head, , signature] = (await issuer.sign()).split('.')
    expect((await refusalOf(`${head}.${part(claims())}.${signature}`)).detail).toMatch(/signature/)
    const stranger = await startIssuer(now)
    try {
      const forged = stranger.sign({ iss: issuer.url })
      expect((await refusalOf(forged)).detail).toMatch(/signature/)
      expect((await refusalOf(stranger.sign({ iss: issuer.url }, { kid: 'other' }))).detail).toMatch(/does not publish/)
    } finally {
      await stranger.close()
    }
  })

  it.each(['', 'x', 'a.b.c', '..', 'e30.e30.e30'])('is none at all: %j', async (token) => {
    const error = await verifier()(token).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'unauthorized' })
  })
})

describe("the issuer's keys", () => {
  it('are read once, and again when it has rotated them', async () => {
    const verify = verifier()
    const before = await issuer.sign()
    await Promise.all([verify(before), verify(before), verify(before)])
    expect(issuer.reads()).toBe(1)
    await issuer.rotate()
    expect((await verify(await issuer.sign())).principal).toBe('oidc:ada')
    expect(issuer.reads()).toBe(2)
    expect(await verify(before).catch((error: unknown) => error)).toMatchObject({ code: 'unauthorized' })
  })

  it('are not read again for every key id that somebody makes up', async () => {
    const verify = verifier({}, 30_000)
    await verify(await issuer.sign())
    const madeUp = await issuer.sign({}, { kid: 'made-up' })
    for (let count = 0; count < 5; count += 1) await verify(madeUp).catch(() => {})
    expect(issuer.reads()).toBe(1)
  })

  it('serve on while the issuer is away; without any, nobody can tell (503), and the issuer is asked but once', async () => {
    const verify = verifier()
    const token = await issuer.sign()
    await verify(token)
    issuer.broken = 500
    expect((await verify(token)).principal).toBe('oidc:ada')
    const madeUp = await issuer.sign({}, { kid: 'made-up' })
    expect(await verify(madeUp).catch((error: unknown) => error)).toMatchObject({ code: 'unavailable' })
    expect((await verify(token)).principal).toBe('oidc:ada')

    const late = verifier()
    const failed = await Promise.all([token, token, token].map((one) => late(one).catch((error: unknown) => error)))
    for (const error of failed) expect(error).toMatchObject({ code: 'unavailable' })
  })

  it('are not taken from a discovery document of another issuer', async () => {
    const verify = verifier({ issuer: `${issuer.url}/` })
    const token = await issuer.sign({ iss: `${issuer.url}/` })
    expect(await verify(token).catch((error: unknown) => error)).toMatchObject({ code: 'unavailable' })
  })
})
