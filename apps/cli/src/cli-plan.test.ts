import type { Plan } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, startScriptedServer } from './__fixtures__/scripted-server.ts'

const tenant = makeTenant({ secrets: [{ name: 'TOKEN', value_from: 'file:/run/token' }] })
const { id } = tenant
const read = { 'GET /v1/tenants/acme': { headers: { etag: '"1"' }, body: tenant } }

function makePlan(over: Partial<Plan> = {}): Plan {
  return {
    tenant_id: id,
    tenant_name: 'acme',
    version: 1,
    compute_provider: 'mock',
    action: 'replace',
    effect: 'replace',
    source: 'live',
    changes: [
      { path: '/compute_config/env/KEY', from: '[redacted]', to: '[redacted]', effect: 'replace' },
      { path: '/compute_config/image', from: 'shop:1', to: 'shop:2', effect: 'replace' },
      { path: '/compute_config/replicas', to: 3, effect: 'in_place' },
      { path: '/labels/trial', from: 'yes', effect: 'none' },
      { path: '/annotations/note', effect: 'none' },
    ],
    warnings: ['a short outage'],
    ...over,
  }
}

const nothing = makePlan({ action: 'no_changes', effect: 'none', changes: [], warnings: [] })

describe('landlord plan', () => {
  it('shows what changes by its effect, and ends with 2', async () => {
    const server = await startScriptedServer({ ...read, [`POST /v1/tenants/${id}/plan`]: { body: makePlan() } })
    const argv = ['plan', 'acme', '--config', '{"image":"shop:2"}', '--remove-label', 'trial', '--api-url', server.url]
    const { exitCode, stdout, stderr } = await runLandlord(argv)
    expect(stdout).toBe(`A new instance takes over:
  ~ /compute_config/env/KEY  changed (hidden)
  ~ /compute_config/image  "shop:1" → "shop:2"

The instance goes on running:
  + /compute_config/replicas  3

No effect on the instance:
  - /labels/trial  "yes"
  ~ /annotations/note

! a short outage

acme (mock): a new instance would take over: 1 to add, 3 to change, 1 to remove. Nothing was changed.
`)
    expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: '' })
    const sent = server.received.find(({ method }) => method === 'POST')
    expect(sent).toMatchObject({
      query: { merge: 'true' },
      body: { compute_config: { image: 'shop:2' }, labels: { trial: null } },
    })
  })

  it('without a change asks for what reconciling would do, and ends with 0 when that is nothing', async () => {
    const server = await startScriptedServer({ 'POST /v1/tenants/acme/plan': { body: nothing } })
    const { exitCode, stdout } = await runLandlord(['plan', 'acme', '--api-url', server.url])
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'acme: no changes; it is as it should be\n' })
    expect(server.received[0]).toMatchObject({ query: {}, body: undefined })
  })

  it('prints the plan as the API gives it, with the same exit code', async () => {
    const server = await startScriptedServer({ 'POST /v1/tenants/acme/plan': { body: makePlan() } })
    const { exitCode, stdout } = await runLandlord(['plan', 'acme', '-o', 'json', '--api-url', server.url])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toEqual(makePlan())
  })

  it('says why there is none', async () => {
    const away = problem('unavailable', 'there is no plan: no worker has answered within 25 s')
    const server = await startScriptedServer({ 'POST /v1/tenants/acme/plan': away })
    const { exitCode, stdout, stderr } = await runLandlord(['plan', 'acme', '--api-url', server.url])
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect(stderr).toContain('no worker has answered')
  })
})

describe('--dry-run', () => {
  it('plans what create would do and creates nothing', async () => {
    const changes = [{ path: '/compute_config/image', to: 'shop:1', effect: 'replace' as const }]
    const server = await startScriptedServer({
      'POST /v1/tenants/plan': { body: makePlan({ action: 'create', changes, warnings: [] }) },
    })
    const argv = ['create', 'acme', '--config', 'image: shop:1', '--secret', 'DB=env:LANDLORD_SECRET_DB', '--dry-run']
    const { exitCode, stdout } = await runLandlord([...argv, '--api-url', server.url])
    expect(exitCode).toBe(2)
    expect(stdout).toMatch(/^Created with:\n {2}\+ \/compute_config\/image {2}"shop:1"\n\n.*would be created: 1 to add/)
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /v1/tenants/plan'])
    expect(server.received[0]?.body).toEqual({
      name: 'acme',
      compute_config: { image: 'shop:1' },
      secrets: [{ name: 'DB', value_from: 'env:LANDLORD_SECRET_DB' }],
    })
  })

  it('plans what set would do, with the secrets as they would be', async () => {
    const server = await startScriptedServer({ ...read, [`POST /v1/tenants/${id}/plan`]: { body: nothing } })
    const argv = ['set', 'acme', '--secret', 'DB=env:LANDLORD_SECRET_DB', '--remove-secret', 'TOKEN', '--dry-run']
    const { exitCode } = await runLandlord([...argv, '--api-url', server.url])
    expect(exitCode).toBe(0)
    const sent = server.received.find(({ method }) => method === 'POST')
    expect(sent?.body).toEqual({ secrets: [{ name: 'DB', value_from: 'env:LANDLORD_SECRET_DB' }] })
    expect(sent?.headers['if-match']).toBe('"1"')
    expect(server.received.some(({ method }) => method === 'PATCH' || method === 'PUT')).toBe(false)
  })

  it.each([
    [['set', 'acme', '--set', 'image=x', '--dry-run', '--wait'], '--dry-run changes nothing'],
    [['create', 'acme', '--secret', 'hunter2'], '--secret: expected NAME=reference'],
  ])('%j is a mistake, which ends with 64 and repeats no secret', async (argv, message) => {
    const { exitCode, stderr } = await runLandlord([...argv, '--api-url', 'http://127.0.0.1:1'])
    expect(exitCode).toBe(64)
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('hunter2')
  })
})
