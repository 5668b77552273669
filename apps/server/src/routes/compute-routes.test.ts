import type { ComputeStatusResponse } from '@landlord/api-contract'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer({ providers: [(installation) => createMockProvider({ installation }), secretProvider] })
})
afterAll(() => test.close())

describe('providers', () => {
  it('are listed with what they can do', async () => {
    const { body } = await test.client.listProviders()
    expect(body.providers.map((provider) => provider.name)).toEqual(['mock', 'vault'])
    expect(body.providers[0]).toMatchObject({ specification_version: 'v1', capabilities: { plan: true } })
    expect(body).not.toHaveProperty('default_provider')
  })

  it('show their schema and defaults', async () => {
    const { body } = await test.client.getComputeConfig({ query: { provider: 'vault' } })
    expect(body).toMatchObject({ provider: 'vault', schema: { required: ['image'] }, defaults: { size: 1 } })
  })

  it('must be named where there are several, and exist', async () => {
    for (const query of [{}, { provider: 'valt' }]) {
      const problem = await problemOf(test.client.getComputeConfig({ query }))
      expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '?provider' }] })
    }
  })

  it('are the default where there is only one', async () => {
    const single = await startTestServer()
    try {
      expect((await single.client.listProviders()).body.default_provider).toBe('mock')
      expect((await single.client.getComputeConfig()).body.provider).toBe('mock')
    } finally {
      await single.close()
    }
  })
})

describe('GET /v1/tenants/{tenant}/compute/status', () => {
  it('answers what the worker sees live', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'live', compute_provider: 'mock' } })
    const status: ComputeStatusResponse = {
      tenant_id: tenant.id,
      provider: 'mock',
      state: 'failed',
      health: 'none',
      settled: true,
      message: 'it ended at once',
      reason: 'exited',
      containers: [
        {
          name: 'web',
          state: 'failed',
          health: 'unhealthy',
          image: 'web:1',
          exit_code: 1,
          restart_count: 3,
          started_at: '2026-11-20T11:59:00.000Z',
          message: 'no such file',
        },
      ],
      endpoints: [
        { name: 'web', protocol: 'http', host: 'web.test', port: 80, container_port: 8080, url: 'http://web.test' },
      ],
      resource_ids: {},
      metadata: {},
      last_updated: '2026-11-20T12:00:00.000Z',
    }
    test.engine.liveStatus = { found: true, status }
    expect((await test.client.getComputeStatus({ params: { tenant: 'live' } })).body).toEqual(status)
  })

  it('answers 404 without compute and 503 when the provider cannot tell', async () => {
    await test.client.createTenant({ body: { name: 'none', compute_provider: 'mock' } })
    const error = { message: 'nothing there', retryable: false, instance_usable: false }
    test.engine.liveStatus = { found: false, error: { ...error, code: 'tenant_not_found' } }
    const params = { tenant: 'none' }
    expect((await problemOf(test.client.getComputeStatus({ params }))).status).toBe(404)
    test.engine.liveStatus = { found: false, error: { ...error, code: 'throttled' } }
    expect(await problemOf(test.client.getComputeStatus({ params }))).toMatchObject({
      status: 503,
      detail: expect.stringContaining('throttled'),
    })
    expect((await problemOf(test.client.getComputeStatus({ params: { tenant: 'nobody' } }))).status).toBe(404)
  })
})
