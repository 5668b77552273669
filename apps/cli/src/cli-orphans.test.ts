import type { Orphan, OrphanScan } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, type Script, startScriptedServer } from './__fixtures__/scripted-server.ts'

const orphan: Orphan = {
  id: '01a00000-0000-7000-8000-000000000001',
  provider: 'docker',
  tenant_id: '01935f6e-0000-7000-8000-000000000001',
  tenant_name: 'acme',
  reason: 'no_tenant',
  deletable: true,
  resources: [
    { kind: 'container', id: 'c'.repeat(64), name: 'landlord-acme', created_at: '2020-11-20T12:00:00.000Z' },
    { kind: 'volume', id: 'data', name: 'data' },
  ],
  found_at: '2025-11-20T12:00:00.000Z',
  seen_at: '2025-11-20T12:00:00.000Z',
}
const stray: Orphan = {
  ...orphan,
  id: 'stray',
  tenant_id: 'b',
  provider: 'ecs',
  reason: 'unaccounted',
  deletable: false,
}
const scan = (fields: Partial<OrphanScan> = {}): OrphanScan => ({
  provider: 'docker',
  state: 'succeeded',
  resources: 2,
  reported_at: '2025-11-20T12:00:00.000Z',
  ...fields,
})
const never = scan({ provider: 'ecs', state: 'never', resources: 0 })
const report = (orphans: Orphan[], ...scans: OrphanScan[]): Script => ({
  'GET /v1/orphans': { body: { orphans, scans } },
})
const deleting = makeTenant({ id: orphan.tenant_id, name: `orphan-${orphan.tenant_id}`, status: 'deleting' })
const deletion: Script = {
  [`DELETE /v1/orphans/${orphan.id}`]: { status: 202, body: deleting },
  [`GET /v1/tenants/${deleting.id}`]: [
    { body: { ...deleting, status_message: 'waiting for the container to stop' } },
    problem('not_found', 'gone'),
  ],
}

async function run(script: Script, ...argv: string[]) {
  const server = await startScriptedServer(script)
  const result = await runLandlord(['orphans', ...argv, '--api-url', server.url])
  const writes = server.received.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`)
  return { ...result, writes }
}

describe('landlord orphans', () => {
  it('shows each resource with its age, and how old the report of each provider is', async () => {
    const { reported_at: _, ...unseen } = never
    const { stdout, exitCode, writes } = await run(report([orphan, stray], scan(), unseen))
    expect([exitCode, writes]).toEqual([0, []])
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^AGE +PROVIDER +KIND +NAME +ID +TENANT +WHY$/)
    expect(lines[1]).toMatch(/^\d+d +docker +container +landlord-acme +c{24}… +01935f6e-\S+ \(acme\) +no such tenant$/)
    expect(lines[2]).toMatch(/^- +docker +volume +data +data +/)
    expect(lines[3]).toMatch(/by hand$/)
    expect(lines.slice(-2)).toEqual([
      expect.stringMatching(/^docker: 1 orphan, looked at \d+d ago$/),
      'ecs: never looked at; landlord orphans --scan',
    ])
  })

  it('gives the report as it is for scripts', async () => {
    const script = report([orphan], scan())
    expect(JSON.parse((await run(script, '-o', 'json')).stdout)).toEqual({ orphans: [orphan], scans: [scan()] })
    expect((await run(script, '-o', 'name')).stdout).toBe(`${orphan.id}\n`)
  })

  it('--scan waits for the end of the scan and then shows what it found', async () => {
    const body = { orphans: [orphan], scans: [scan({ state: 'running' })] }
    const { stdout, stderr, exitCode, writes } = await run(
      {
        'POST /v1/orphans/scan': { status: 202, body: { scans: body.scans } },
        'GET /v1/orphans': [{ body }, { body: { ...body, scans: [scan()] } }],
      },
      '--scan',
    )
    expect([exitCode, writes]).toEqual([0, ['POST /v1/orphans/scan']])
    expect(stderr).toBe('scan under way; docker: 2 resources\n')
    expect(stdout).toContain('landlord-acme')
  })

  it('--scan that fails ends with 7 and the reason', async () => {
    const error = { code: 'access_denied', message: 'no ecs:ListServices', retryable: false, instance_usable: false }
    const scans = [scan({ state: 'failed', error })]
    const script = { 'POST /v1/orphans/scan': { status: 202, body: { scans } }, ...report([], ...scans) }
    const { exitCode, stderr } = await run(script, '--scan')
    expect(exitCode).toBe(7)
    expect(stderr).toContain('docker: no ecs:ListServices (access_denied)')
  })
})

describe('landlord orphans --delete', () => {
  it('without a terminal and without --yes deletes nothing', async () => {
    const { exitCode, stderr, writes } = await run({ ...report([orphan], scan()), ...deletion }, '--delete')
    expect([exitCode, writes]).toEqual([64, []])
    expect(stderr).toMatch(/Destroy this orphan \(2 resources.*Nobody is there to answer; nothing was done\n.*--yes/)
  })

  it('--yes shows the report, destroys what can be destroyed, and waits until it is gone', async () => {
    const script = { ...report([orphan, stray], scan()), ...deletion }
    const { exitCode, stdout, stderr, writes } = await run(script, '--delete', '--yes')
    expect([exitCode, writes]).toEqual([0, [`DELETE /v1/orphans/${orphan.id}`]])
    expect(stderr).toContain('landlord-acme')
    expect(stderr).toContain('deleting: waiting for the container to stop')
    expect(stdout).toMatch(/^orphan-01935f6e-\S+ is gone \(.*\)\n$/)
  })

  it('of one that was named deletes no other, and refuses a name that is not in the report', async () => {
    const script = { ...report([orphan, { ...orphan, id: 'other', tenant_id: 'c' }], scan()), ...deletion }
    const { writes } = await run(script, orphan.tenant_id, '--delete', '--yes')
    expect(writes).toEqual([`DELETE /v1/orphans/${orphan.id}`])
    const missing = await run(script, 'nobody', '--delete', '--yes')
    expect([missing.exitCode, missing.writes]).toEqual([64, []])
    expect(missing.stderr).toContain('no orphan nobody in the last report')
  })

  it('says what could not be destroyed', async () => {
    const script = {
      ...report([orphan], scan()),
      [`DELETE /v1/orphans/${orphan.id}`]: problem('conflict', 'it belongs to a tenant now'),
    }
    const { exitCode, stderr } = await run(script, '--delete', '--yes')
    expect(exitCode).toBe(4)
    expect(stderr).toContain('it belongs to a tenant now')
  })
})
