import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, startScriptedServer } from './__fixtures__/scripted-server.ts'

const { id } = makeTenant()
const ready = makeTenant()
const read = { 'GET /v1/tenants/acme': { body: ready, headers: { etag: '"1"' } } }

describe('landlord suspend, resume, restart, pause and unpause', () => {
  it('waits until the tenant is suspended', async () => {
    const suspending = makeTenant({ status: 'suspending', status_message: 'stopping', suspended: true })
    const server = await startScriptedServer({
      ...read,
      [`POST /v1/tenants/${id}/suspend`]: { status: 202, body: suspending },
      [`GET /v1/tenants/${id}`]: [{ body: suspending }, { body: makeTenant({ status: 'suspended', suspended: true }) }],
    })
    const { exitCode, stdout, stderr } = await runLandlord(['suspend', 'acme', '--wait', '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^acme is suspended \(.*\)\n$/)
    expect(stderr).toContain('acme suspending: stopping')
  })

  it('says how to bring back what failed to suspend', async () => {
    const failure = { code: 'still_running', message: 'it still runs', retryable: true, instance_usable: true }
    const failed = makeTenant({ status: 'failed', suspended: true, failed_operation: 'suspend', failure })
    const server = await startScriptedServer({
      ...read,
      [`POST /v1/tenants/${id}/suspend`]: { status: 202, body: makeTenant({ status: 'suspending' }) },
      [`GET /v1/tenants/${id}`]: { body: failed },
    })
    const { exitCode, stderr } = await runLandlord(['suspend', 'acme', '--wait', '--api-url', server.url])
    expect(exitCode).toBe(7)
    expect(stderr).toContain('landlord resume acme --wait')
  })

  it('pauses many by selector, without a wait', async () => {
    const server = await startScriptedServer({
      'GET /v1/tenants': { body: { tenants: [ready], total: 1, limit: 500, offset: 0 } },
      [`POST /v1/tenants/${id}/pause`]: { body: makeTenant({ paused: true }) },
    })
    const { stdout } = await runLandlord(['pause', '-l', 'a=b', '--yes', '--api-url', server.url])
    expect(stdout).toBe('acme is ready and paused; go on with it by: landlord unpause acme\n')
    expect((await runLandlord(['pause', 'acme', '--wait'])).exitCode).toBe(64)
  })

  it('does not wait for what waits for an unpause', async () => {
    const body = makeTenant({ status: 'updating', paused: true, workflow_sub_state: 'paused' })
    const server = await startScriptedServer({
      ...read,
      [`POST /v1/tenants/${id}/restart`]: { status: 202, body },
      [`PATCH /v1/tenants/${id}`]: { status: 202, body: { ...body, version: 2, generation: 2 } },
    })
    const change = await runLandlord(['set', 'acme', '--label', 'a=b', '--wait', '--api-url', server.url])
    expect(change.stdout).toBe('acme is paused; the change waits for: landlord unpause acme\n')
    const { exitCode, stdout } = await runLandlord(['restart', 'acme', '--wait', '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('waits for: landlord unpause acme')
  })

  it('ends with 4 where the provider cannot', async () => {
    const server = await startScriptedServer({
      ...read,
      [`POST /v1/tenants/${id}/resume`]: problem('conflict', 'tenant acme cannot'),
    })
    expect((await runLandlord(['resume', 'acme', '--api-url', server.url])).exitCode).toBe(4)
  })
})

describe('protection and expiry', () => {
  it('are given to create', async () => {
    const server = await startScriptedServer({ 'POST /v1/tenants': { status: 201, body: ready } })
    const argv = ['create', 'acme', '--protect', '--ttl', '14d', '--expiry-action', 'delete', '--api-url', server.url]
    expect((await runLandlord(argv)).exitCode).toBe(0)
    expect(server.received[0]?.body).toEqual({
      name: 'acme',
      deletion_protection: true,
      ttl_seconds: 14 * 86_400,
      expiry_action: 'delete',
    })
  })

  it('are changed and taken back by set', async () => {
    const patch = `PATCH /v1/tenants/${id}`
    const server = await startScriptedServer({ ...read, [patch]: { body: makeTenant({ version: 2 }) } })
    const set = (...flags: string[]) => runLandlord(['set', 'acme', ...flags, '--api-url', server.url])
    expect((await set('--no-protect', '--no-expiry')).stdout).toBe('acme changed; its compute stays as it is\n')
    await set('--expires-at', '2030-01-31T18:00+02:00')
    expect(server.received.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([
      { deletion_protection: false, expires_at: null },
      { expires_at: '2030-01-31T16:00:00.000Z' },
    ])
    expect(await set('--ttl', '1h', '--no-expiry')).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('--ttl and --no-expiry exclude each other'),
    })
    expect(await set('--expires-at', 'soon')).toMatchObject({
      exitCode: 64,
      stderr: expect.stringContaining('2030-01-31T18:00'),
    })
  })

  it('stay through a replacement that does not mention them', async () => {
    const tenant = makeTenant({
      deletion_protection: true,
      expires_at: '2030-01-31T16:00:00.000Z',
      expiry_action: 'delete',
    })
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: tenant, headers: { etag: '"1"' } },
      [`PUT /v1/tenants/${id}`]: { body: tenant },
    })
    const argv = ['set', 'acme', '--replace', '--config', '{}', '--no-protect', '--api-url', server.url]
    await runLandlord(argv)
    expect(server.received.find(({ method }) => method === 'PUT')?.body).toMatchObject({
      deletion_protection: false,
      expires_at: '2030-01-31T16:00:00.000Z',
      expiry_action: 'delete',
    })
  })

  it('are shown by get and list', async () => {
    const expiresAt = new Date(Date.now() + 3.5 * 86_400_000).toISOString()
    const tenant = makeTenant({
      deletion_protection: true,
      expires_at: expiresAt,
      expiry_action: 'delete',
      paused: true,
    })
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: tenant },
      [`GET /v1/tenants/${id}/operations`]: { body: { operations: [] } },
      'GET /v1/tenants': { body: { tenants: [tenant], total: 1, limit: 50, offset: 0 } },
    })
    const { stdout: details } = await runLandlord(['get', 'acme', '--api-url', server.url])
    expect(details).toMatch(/Status +ready, paused\n/)
    expect(details).toMatch(/Expires .* \(in 3d\), and is deleted then\n/)
    expect(details).toMatch(/Protected +from archive and delete\n/)
    const { stdout: table } = await runLandlord(['list', '--api-url', server.url])
    expect(table).toContain('paused; expires in 3d; protected')
  })
})
