import { describe, expect, it, vi } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord, spawnLandlord } from './__fixtures__/run-landlord.ts'
import { startScriptedServer } from './__fixtures__/scripted-server.ts'

const acme = makeTenant({ status: 'provisioning' })

describe('a server that accepts and never answers', () => {
  it('is waited for no longer than --timeout, with 8', async () => {
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: acme },
      [`GET /v1/tenants/${acme.id}`]: 'silence',
    })
    const { exitCode, stderr } = await runLandlord(['wait', 'acme', '--timeout', '1s', '--api-url', server.url])
    expect(exitCode).toBe(8)
    expect(stderr).toContain('the server does not answer; still trying')
  })

  it('is given up by `wait` before it knows the tenant too, with 6', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants/acme': 'silence' })
    const { exitCode, stderr } = await runLandlord(['wait', 'acme', '--timeout', '1s', '--api-url', server.url])
    expect(exitCode).toBe(6)
    expect(stderr).toContain(`no answer from ${server.url} within 1.0 s`)
  })

  it.each([
    { argv: ['get', 'acme'], request: 'GET /v1/tenants/acme' },
    { argv: ['list', '--all'], request: 'GET /v1/tenants' },
    { argv: ['status', 'acme'], request: 'GET /v1/tenants/acme/compute/status' },
  ])('ends at once at Ctrl-C in $argv --watch', async ({ argv, request }) => {
    const server = await startScriptedServer({ [request]: 'silence' })
    const child = spawnLandlord([...argv, '--watch', '--api-url', server.url])
    const closed = new Promise((resolve) => child.on('close', resolve))
    await vi.waitFor(() => expect(server.received).toHaveLength(1), 10_000)
    child.kill('SIGINT')
    expect(await closed).toBe(0)
  })
})
