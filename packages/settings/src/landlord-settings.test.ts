import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type LandlordSettings, landlordSettingsSchema } from './landlord-settings.ts'
import { loadSettings } from './load-settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'landlord-settings-'))
afterAll(() => rmSync(folder, { recursive: true }))

const load = (text: string, env: Record<string, string> = {}) => {
  const configFile = join(folder, 'landlord.yaml')
  writeFileSync(configFile, text)
  return loadSettings<LandlordSettings>({ schema: landlordSettingsSchema, env, configFile })
}

describe('landlordSettingsSchema', () => {
  it('is complete with defaults when the file says nothing', () => {
    const { values } = load('{}')
    expect(values.server).toMatchObject({ host: '127.0.0.1', port: 8080 })
    expect(values.worker).toEqual({
      host: '127.0.0.1',
      port: 0,
      accepted_tokens: [],
      call_timeout_seconds: 600,
      shutdown_grace_seconds: 5,
      calls_per_provider: 64,
    })
    expect(values.reconcile.deadline_seconds).toEqual({
      provision: 1800,
      update: 1800,
      suspend: 1800,
      resume: 1800,
      restart: 1800,
      destroy: 1800,
    })
    expect(values.workflow).toEqual({ identity_keys: [] })
    expect(values.compute).toEqual({})
  })

  it('keeps the blocks of providers as they are, empty ones and packages included', () => {
    const { values } = load('compute:\n  docker:\n  mock: { defaults: { image: a } }\n  "@acme/nomad": { token: x }\n')
    expect(values.compute).toEqual({ docker: {}, mock: { defaults: { image: 'a' } }, '@acme/nomad': { token: 'x' } })
  })

  it('asks for no token until told to, and fills in what an issuer leaves open', () => {
    expect(load('{}').values.access).toEqual({
      mode: 'none',
      rate_limit: { requests_per_minute: 6000, refused_per_minute: 60 },
    })
    const text = 'access: { mode: required, oidc: { issuer: https://id.example.com, scope_values: { admin: [ops] } } }'
    expect(load(text, { LANDLORD_ACCESS_OIDC_AUDIENCE: 'landlord,other' }).values.access.oidc).toEqual({
      issuer: 'https://id.example.com',
      audience: ['landlord', 'other'],
      scopes_claim: 'landlord_scopes',
      scope_values: { read: ['read'], operate: ['operate'], admin: ['ops'] },
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      clock_tolerance_seconds: 30,
    })
    expect(() => load('access: { oidc: { issuer: https://x, audience: [a], algorithms: [HS256] } }')).toThrow(
      'algorithms',
    )
    expect(() => load('worker: { accepted_tokens: [[hunter2]] }')).toThrow(/^(?![\s\S]*hunter2)[\s\S]*accepted_tokens/)
  })

  it('takes keys from the environment', () => {
    const { values } = load('{}', { LANDLORD_WORKER_TOKEN: 'secret', LANDLORD_RECONCILE_DEADLINE_SECONDS_UPDATE: '60' })
    expect(values.worker.token).toBe('secret')
    expect(values.reconcile.deadline_seconds.update).toBe(60)
  })

  it('takes variables with secrets of tenants for no settings', () => {
    const { warnings } = load('{}', { LANDLORD_SECRET_DB: 'hunter2', LANDLORD_SECRETS_ENV_PREFX: 'x' })
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining('LANDLORD_SECRETS_ENV_PREFX')])
  })

  it('names a misspelt key and an engine URL that is none, and shows no secret', () => {
    expect(() => load('workflow: { ingress_urk: x, admin_url: admin.sock }')).toThrow(/ingress_url[\s\S]*admin_url/)
    expect(() => load('worker: { token: [hunter2] }')).toThrow(/^(?![\s\S]*hunter2)[\s\S]*worker\.token/)
  })
})
