import type { Adoption } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, type Received, type Script, startScriptedServer } from './__fixtures__/scripted-server.ts'

const plan: Adoption = {
  plan_id: 'p'.repeat(64),
  tenant_name: 'acme',
  compute_provider: 'docker',
  resource: { kind: 'container', id: 'c1', name: 'my-old-container' },
  compute_config: { image: 'shop:1', env: { PASSWORD: '[redacted]' } },
  steps: ['make a volume that carries the marks'],
  effect: 'in_place',
  changes: [{ path: '/resources/memory', from: 256, to: 512, effect: 'in_place' }],
  warnings: ['its network is not managed'],
}
const ready = makeTenant()
const isConfirmed = ({ body }: Received) => (body as { plan_id?: string }).plan_id !== undefined
const script: Script = {
  'POST /v1/tenants/adopt': (request) =>
    isConfirmed(request) ? { status: 201, body: makeTenant({ status: 'provisioning' }) } : { body: plan },
  [`GET /v1/tenants/${ready.id}`]: { body: ready },
}
const ARGUMENTS = ['adopt', 'acme', '--provider', 'docker', '--resource', 'my-old-container']

async function run(more: readonly string[], on: Script = script) {
  const server = await startScriptedServer(on)
  const result = await runLandlord([...ARGUMENTS, ...more, '--api-url', server.url])
  return { ...result, sent: server.received.filter(({ method }) => method === 'POST') }
}

describe('landlord adopt', () => {
  it('--dry-run shows what is written, what the tenant gets and what changes, and adopts nothing', async () => {
    const { exitCode, stdout, sent } = await run(['--dry-run', '--config', '{"resources":{"memory":512}}'])
    expect(exitCode).toBe(0)
    expect(sent.map(({ body }) => body)).toEqual([
      {
        name: 'acme',
        resource: 'my-old-container',
        compute_provider: 'docker',
        compute_config: { resources: { memory: 512 } },
      },
    ])
    expect(stdout).toContain('container my-old-container (docker) becomes tenant acme')
    expect(stdout).toContain('  make a volume that carries the marks')
    expect(stdout).toContain('  image: shop:1')
    expect(stdout).toMatch(/The instance goes on running:\n +~ \/resources\/memory +256 → 512/)
    expect(stdout).toContain('! its network is not managed')
    expect(JSON.parse((await run(['--dry-run', '-o', 'json'])).stdout)).toEqual(plan)
  })

  it('without a terminal and without --yes shows the plan and adopts nothing', async () => {
    const { exitCode, stderr, sent } = await run([])
    expect([exitCode, sent.some(isConfirmed)]).toEqual([64, false])
    expect(stderr).toContain('becomes tenant acme')
    expect(stderr).toContain('--yes')
  })

  it('--yes carries out the plan that it has shown, and waits until it is ready', async () => {
    const { exitCode, stdout, sent } = await run(['--yes', '--label', 'tier=pro'])
    expect(exitCode).toBe(0)
    expect(sent.map(({ body }) => body)).toMatchObject([{ labels: { tier: 'pro' } }, { plan_id: plan.plan_id }])
    expect(stdout).toMatch(/^acme is ready/)
    const unwaited = await run(['--yes', '--no-wait'])
    expect(unwaited.stdout).toBe('acme is provisioning; follow it with: landlord wait acme\n')
  })

  it('ends with 4 when what runs has changed since', async () => {
    const on: Script = {
      'POST /v1/tenants/adopt': [{ body: plan }, problem('precondition_failed', 'it has changed since')],
    }
    const { exitCode, stderr } = await run(['--yes'], on)
    expect(exitCode).toBe(4)
    expect(stderr).toContain('it has changed since')
  })
})
