import type { Tenant } from '@landlord/api-contract'
import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, type Script, startScriptedServer } from './__fixtures__/scripted-server.ts'

const id = makeTenant().id
const endpoint = { protocol: 'http', host: '127.0.0.1', port: 8000, url: 'http://127.0.0.1:8000' } as const
const ready = makeTenant({ endpoints: [endpoint] })
const requested = makeTenant({ status: 'requested', workflow_sub_state: 'waiting', observed_generation: 0 })
const provisioning = (message: string) =>
  makeTenant({ status: 'provisioning', workflow_sub_state: 'running', status_message: message })
const backingOff = makeTenant({
  status: 'provisioning',
  workflow_sub_state: 'backing-off',
  workflow_retry_count: 2,
  workflow_error_message: 'the engine is away',
  next_retry_at: '2026-01-01T00:00:00.000Z',
})
const failed = makeTenant({
  status: 'failed',
  failed_operation: 'provision',
  failure: { code: 'image_not_found', message: 'no such image', retryable: false, instance_usable: false },
})

const looks = (...tenants: Tenant[]): Script => ({ [`GET /v1/tenants/${id}`]: tenants.map((body) => ({ body })) })
const created: Script = { 'POST /v1/tenants': { status: 201, body: requested } }

describe('landlord create', () => {
  it('shows each step once and ends with the endpoint', async () => {
    const server = await startScriptedServer({
      ...created,
      ...looks(requested, provisioning('pulling 10 %'), provisioning('pulling 10 %'), backingOff, ready),
    })
    const argv = ['create', '--tenant-name', 'acme', '--config', 'image: nginx', '--label', 'a=1,b=2', '--wait']
    const { exitCode, stdout, stderr } = await runLandlord([...argv, '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(server.received[0]?.body).toEqual({
      name: 'acme',
      compute_config: { image: 'nginx' },
      labels: { a: '1', b: '2' },
    })
    expect(stdout).toMatch(/^acme is ready \(.*\)\n {2}http:\/\/127\.0\.0\.1:8000\n$/)
    expect(stderr.trimEnd().split('\n')).toEqual([
      'acme created (mock)',
      'acme requested: waiting for a worker',
      'acme provisioning: pulling 10 %',
      'acme provisioning: the engine is away (attempt 2 failed); trying again',
      'acme ready',
    ])
  })

  it('ends with 7, the reason and the ways out when it fails', async () => {
    const server = await startScriptedServer({ ...created, ...looks(failed) })
    const { exitCode, stderr } = await runLandlord(['create', 'acme', '--wait', '--api-url', server.url])
    expect(exitCode).toBe(7)
    expect(stderr).toContain('acme: provision failed: no such image (image_not_found)')
    expect(stderr).toContain('landlord delete acme')
  })

  it('ends with 8 when the time is up, and says how to wait on', async () => {
    const server = await startScriptedServer({ ...created, ...looks(provisioning('pulling')) })
    const argv = ['create', 'acme', '--wait', '--timeout', '300ms', '--api-url', server.url]
    const { exitCode, stderr } = await runLandlord(argv)
    expect(exitCode).toBe(8)
    expect(stderr).toContain('wait on: landlord wait acme')
  })

  it('leaves the operation running at Ctrl-C, with 130', async () => {
    const server = await startScriptedServer({ ...created, ...looks(provisioning('pulling')) })
    let isSent = false
    const { exitCode, stderr } = await runLandlord(['create', 'acme', '--wait', '--api-url', server.url], {
      onStderr: (child, text) => {
        if (isSent || !text.includes('pulling')) return
        isSent = child.kill('SIGINT')
      },
    })
    expect(exitCode).toBe(130)
    expect(stderr).toContain('the operation goes on\n  → wait on: landlord wait acme')
    expect(server.received.every(({ method }) => method !== 'DELETE')).toBe(true)
  })

  it('lists every problem of a configuration with its pointer, with 5', async () => {
    const errors = [
      { pointer: '/compute_config/imge', message: 'is not a known key; did you mean "image"?' },
      { pointer: '/compute_config/env/A', message: 'must be string' },
    ]
    const server = await startScriptedServer({
      'POST /v1/tenants': problem('invalid_config', '2 problems', { errors }),
    })
    const { exitCode, stderr } = await runLandlord(['create', 'acme', '--config', '{}', '--api-url', server.url])
    expect(exitCode).toBe(5)
    expect(stderr).toContain('/compute_config/imge   is not a known key; did you mean "image"?')
    expect(stderr).toContain('/compute_config/env/A  must be string')
    expect(stderr).toContain('landlord compute schema')
  })

  it('reads the configuration from stdin, and says where it does not parse', async () => {
    const server = await startScriptedServer(created)
    const options = { stdin: '{"image": "nginx",\n "ports": [}' }
    const { exitCode, stderr } = await runLandlord(['create', 'acme', '--config', '-'], options)
    expect(exitCode).toBe(5)
    expect(stderr).toContain('stdin:2:')
    expect(stderr).toContain('2 |  "ports": [}')
    expect(server.received).toEqual([])
  })
})

describe('landlord set', () => {
  const schema = {
    type: 'object',
    properties: { env: { type: 'object', additionalProperties: { type: 'string' } }, replicas: { type: 'integer' } },
  }
  const script: Script = {
    'GET /v1/tenants/acme': { body: makeTenant({ labels: { keep: '1' } }), headers: { etag: '"1"' } },
    'GET /v1/compute/config': { body: { provider: 'mock', schema, defaults: {} } },
    [`PATCH /v1/tenants/${id}`]: { status: 202, body: makeTenant({ status: 'updating', version: 2, generation: 2 }) },
    [`PUT /v1/tenants/${id}`]: { status: 200, body: makeTenant() },
  }
  const sent = (server: { received: readonly { method: string; body: unknown }[] }) =>
    server.received.find(({ method }) => method === 'PATCH' || method === 'PUT')

  it('merges, with the types that the schema asks for', async () => {
    const server = await startScriptedServer(script)
    const argv = [
      'set',
      'acme',
      '--set',
      'env.PORT=80',
      '--set',
      'replicas=3',
      '--unset',
      'env.OLD',
      '--remove-label',
      'x',
    ]
    const { exitCode, stdout } = await runLandlord([...argv, '--api-url', server.url])
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: 'acme is updating; follow it with: landlord wait acme\n',
    })
    expect(sent(server)?.body).toEqual({
      compute_config: { env: { PORT: '80', OLD: null }, replicas: 3 },
      labels: { x: null },
    })
  })

  it('replaces the configuration but keeps the labels, and says when nothing changed', async () => {
    const server = await startScriptedServer(script)
    const argv = ['set', 'acme', '--replace', '--config', '{"image":"a"}', '--api-url', server.url]
    const { stdout } = await runLandlord(argv)
    expect(sent(server)).toMatchObject({
      method: 'PUT',
      headers: { 'if-match': '"1"' },
      body: { compute_provider: 'mock', compute_config: { image: 'a' }, labels: { keep: '1' } },
    })
    expect(stdout).toBe('acme is as you want it already; nothing changed\n')
  })

  it('asks what is to change', async () => {
    const { exitCode, stderr } = await runLandlord(['set', 'acme'])
    expect(exitCode).toBe(64)
    expect(stderr).toContain('what is to change?')
  })
})

describe('landlord delete', () => {
  it('waits until the tenant is gone, without a question where nobody could answer', async () => {
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: ready },
      [`DELETE /v1/tenants/${id}`]: { status: 202, body: makeTenant({ status: 'deleting' }) },
      [`GET /v1/tenants/${id}`]: [{ body: makeTenant({ status: 'deleting' }) }, problem('not_found', 'no such tenant')],
    })
    const { exitCode, stdout } = await runLandlord(['rm', 'acme', '--wait', '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^acme is gone \(.*\)\n$/)
  })

  it('takes many by selector, and tells which of them failed', async () => {
    const other = makeTenant({ id: '01935f6e-0000-7000-8000-000000000002', name: 'beta' })
    const server = await startScriptedServer({
      'GET /v1/tenants': { body: { tenants: [ready, other], total: 2, limit: 500, offset: 0 } },
      [`DELETE /v1/tenants/${id}`]: { status: 202, body: makeTenant({ status: 'deleting' }) },
      [`DELETE /v1/tenants/${other.id}`]: problem('conflict', 'beta is protected'),
    })
    const { exitCode, stdout, stderr } = await runLandlord(['delete', '-l', 'a=b', '--yes', '--api-url', server.url])
    expect(exitCode).toBe(4)
    expect(stdout).toContain('acme is deleting')
    expect(stderr).toContain('beta: beta is protected')
    expect(stderr).toContain('1 of 2 failed')
  })

  it('takes a tenant that is not there for gone with --if-exists', async () => {
    const server = await startScriptedServer({})
    const { exitCode } = await runLandlord(['delete', 'nope', '--if-exists', '--api-url', server.url])
    expect(exitCode).toBe(0)
  })
})

describe('landlord wait', () => {
  it('ends at once when nothing is under way', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants/acme': { body: ready }, ...looks(ready) })
    const { exitCode, stdout } = await runLandlord(['wait', 'acme', '-o', 'json', '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toEqual(ready)
  })

  it('survives a server that is away for a moment', async () => {
    const away = problem('unavailable', 'starting')
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: requested },
      [`GET /v1/tenants/${id}`]: [away, away, { body: ready }],
    })
    const { exitCode, stderr } = await runLandlord(['wait', 'acme', '--for', 'ready', '--api-url', server.url])
    expect(exitCode).toBe(0)
    expect(stderr).toContain('the server does not answer; still trying')
  })
})
