import type { Drift, DriftReport } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { type Script, startScriptedServer } from './__fixtures__/scripted-server.ts'

const drift: Drift = {
  reason: 'changed',
  detected_at: '2025-11-20T12:00:00.000Z',
  changes: [
    { path: '/image', from: 'app:2', to: 'app:1', effect: 'replace' },
    { path: '/env/KEY', from: '[redacted]', to: '[redacted]', effect: 'replace' },
  ],
  healing: { attempts: 5, last_attempt_at: '2025-11-20T11:00:00.000Z', stopped_at: '2025-11-20T11:30:00.000Z' },
}
const { id, name, compute_provider, status } = makeTenant()
const drifted = { id, name, compute_provider, status, drift_policy: 'heal' as const, drift }
const report = (over: Partial<DriftReport> = {}): DriftReport => ({
  observed: 12,
  never_observed: 1,
  oldest_observed_at: '2025-11-20T12:00:00.000Z',
  drifted: 1,
  by_reason: { changed: 1 },
  healing: 0,
  brake: { applied: false },
  tenants: [drifted],
  ...over,
})
const brake = { applied: true, applied_at: '2025-11-20T12:00:00.000Z', reason: '9 of 12 tenants turned bad' }

async function run(script: Script, ...argv: string[]) {
  const server = await startScriptedServer(script)
  const result = await runLandlord(['drift', ...argv, '--api-url', server.url])
  return { ...result, received: server.received }
}

describe('landlord drift', () => {
  it('shows how the fleet is and every tenant that differs', async () => {
    const { stdout, exitCode } = await run({ 'GET /v1/drift': { body: report({ drifted: 3 }) } })
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^Observed +12 tenants, each within the last \d+d, 1 not yet\nDrifted +3 \(1 changed\)\n/)
    expect(stdout).toMatch(/acme +ready +changed +\d+d +heal +5, given up +\/image \/env\/KEY\n/)
    expect(stdout).toContain('1 of 3; the rest with --all')
  })

  it('--all reads every page', async () => {
    const first = { ...report({ drifted: 2 }), next_cursor: 'c' }
    const second = report({ tenants: [{ ...drifted, name: 'beta' }] })
    const { stdout, received } = await run(
      { 'GET /v1/drift': [{ body: first }, { body: second }] },
      '--all',
      '-o',
      'name',
    )
    expect(stdout).toBe('acme\nbeta\n')
    expect(received.map(({ query }) => query)).toEqual([{ limit: '500' }, { limit: '500', cursor: 'c' }])
  })

  it('of one tenant shows each change with what is there and what should be', async () => {
    const tenant = makeTenant({ drift, drift_policy: 'heal', drift_ignore: ['/desired_count'] })
    const { stdout } = await run({ 'GET /v1/tenants/acme': { body: tenant } }, 'acme')
    expect(stdout).toMatch(/Drift +changed, since .*\n/)
    expect(stdout).toMatch(/Ignored +\/desired_count\n/)
    expect(stdout).toMatch(/Healed +5 times, last .*; it came back each time/)
    expect(stdout).toMatch(/\/image +"app:2" +"app:1" +replace\n/)
    expect(stdout).toMatch(/→ put it right: landlord reconcile acme --wait\n/)
  })

  it('of one tenant without drift says so', async () => {
    const tenant = makeTenant({ observed_at: '2025-11-20T12:00:00.000Z' })
    const { stdout } = await run({ 'GET /v1/tenants/acme': { body: tenant } }, 'acme')
    expect(stdout).toMatch(/Drift +none\n/)
  })

  it('is named by `get`, and chosen by `list --drifted`', async () => {
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: makeTenant({ drift }) },
      [`GET /v1/tenants/${id}/operations`]: { body: { operations: [] } },
      'GET /v1/tenants': { body: { tenants: [], total: 0, limit: 50, offset: 0 } },
    })
    const { stdout } = await runLandlord(['get', 'acme', '--api-url', server.url])
    expect(stdout).toMatch(/Drift +changed for \d+d; see how with: landlord drift acme\n/)
    await runLandlord(['list', '--drifted', '--api-url', server.url])
    expect(server.received.at(-1)?.query).toMatchObject({ drifted: 'true' })
  })
})

describe('what is wanted about drift', () => {
  it('is given to create, changed and emptied by set, and stays through a replacement', async () => {
    const before = makeTenant({ drift_policy: 'heal', drift_ignore: ['/a'] })
    const server = await startScriptedServer({
      'POST /v1/tenants': { status: 201, body: before },
      'GET /v1/tenants/acme': { body: before, headers: { etag: '"1"' } },
      [`PATCH /v1/tenants/${id}`]: { body: makeTenant({ version: 2 }) },
      [`PUT /v1/tenants/${id}`]: { body: before },
    })
    const landlord = (...argv: string[]) => runLandlord([...argv, '--api-url', server.url])
    await landlord('create', 'acme', '--drift-policy', 'heal', '--drift-ignore', '/a', '--drift-ignore', '/b')
    await landlord('set', 'acme', '--drift-policy', 'report', '--no-drift-ignore')
    await landlord('set', 'acme', '--replace', '--config', '{}')
    const bodies = server.received.filter(({ method }) => method !== 'GET').map(({ body }) => body)
    expect(bodies).toEqual([
      { name: 'acme', drift_policy: 'heal', drift_ignore: ['/a', '/b'] },
      { drift_policy: 'report', drift_ignore: [] },
      expect.objectContaining({ drift_policy: 'heal', drift_ignore: ['/a'] }),
    ])
    expect((await landlord('set', 'acme', '--drift-policy', 'fix')).stderr).toContain('expected report or heal')
  })
})

describe('landlord drift resume', () => {
  const script: Script = {
    'GET /v1/drift': { body: report({ brake, drifted: 9, by_reason: { missing: 9 } }) },
    'POST /v1/drift/brake/release': { body: { applied: false } },
  }
  const writes = (received: Awaited<ReturnType<typeof run>>['received']) =>
    received.filter(({ method }) => method === 'POST').map(({ path }) => path)

  it('says why the brake is applied, and without a person releases nothing', async () => {
    const { exitCode, stderr, received } = await run(script, 'resume')
    expect([exitCode, writes(received)]).toEqual([64, []])
    expect(stderr).toContain('9 of 12 tenants turned bad')
    expect(stderr).toMatch(/9 tenants differ now \(9 missing\)/)
  })

  it('--yes releases it', async () => {
    const { exitCode, stdout, received } = await run(script, 'resume', '--yes')
    expect([exitCode, writes(received)]).toEqual([0, ['/v1/drift/brake/release']])
    expect(stdout).toContain('the brake is released')
  })

  it('does nothing where it is not applied', async () => {
    const { exitCode, stdout, received } = await run({ 'GET /v1/drift': { body: report() } }, 'resume', '--yes')
    expect([exitCode, writes(received)]).toEqual([0, []])
    expect(stdout).toContain('not applied')
  })
})
