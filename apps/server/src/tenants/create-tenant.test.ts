import { createMockProvider } from '@landlord/provider-mock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startGuardedServer } from '../../test/start-guarded-server.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeEach(async () => {
  test = await startTestServer({ providers: [(installation) => createMockProvider({ installation }), secretProvider] })
})
afterEach(() => test.close())

describe('POST /v1/tenants', () => {
  it('answers 201 with the tenant, its place and its version', async () => {
    const { status, headers, body } = await test.client.createTenant({
      body: { name: 'acme', compute_provider: 'mock', compute_config: { image: 'web:1' }, labels: { tier: 'pro' } },
    })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`/v1/tenants/${body.id}`)
    expect(headers.get('etag')).toBe('"1"')
    expect(body).toMatchObject({
      name: 'acme',
      status: 'requested',
      compute_provider: 'mock',
      compute_config: { image: 'web:1' },
      desired_config: { image: 'web:1', replicas: 1 },
      labels: { tier: 'pro' },
      version: 1,
      generation: 1,
      observed_generation: 0,
      workflow_sub_state: 'waiting',
    })
    expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect((await test.client.getTenant({ params: { tenant: body.id } })).body).toEqual(body)
    expect((await test.client.getTenant({ params: { tenant: 'acme' } })).body).toEqual(body)
  })

  it('triggers the worker with a key of the operation', async () => {
    const { body } = await test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } })
    await vi.waitFor(() => expect(test.engine.sendsOf(body.id)).toHaveLength(1))
    expect(test.engine.sendsOf(body.id)[0]).toEqual({
      path: `/restate/send/Tenant/${body.id}/reconcile`,
      key: `${body.workflow_execution_id}-0`,
      body: '{}',
    })
  })

  it('answers a repeated create with the tenant that is there', async () => {
    const request = { body: { name: 'acme', compute_provider: 'mock', labels: { b: '2', a: '1' } } }
    const first = await test.client.createTenant(request)
    const second = await test.client.createTenant({ body: { ...request.body, labels: { a: '1', b: '2' } } })
    expect(second.status).toBe(200)
    expect(second.body).toEqual(first.body)
  })

  it('refuses another desired state under the same name and names the tenant', async () => {
    const { body } = await test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } })
    for (const change of [
      { compute_provider: 'vault', compute_config: { image: 'a' } },
      { compute_config: { image: 'other' } },
      { labels: { tier: 'pro' } },
      { annotations: { note: 'x' } },
    ]) {
      const problem = await problemOf(
        test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock', ...change } }),
      )
      expect(problem).toMatchObject({ status: 409, code: 'conflict', tenant_id: body.id })
    }
  })

  it('refuses a name that is being deleted, the same desired state or not', async () => {
    const { body } = await test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } })
    await test.client.deleteTenant({ params: { tenant: 'acme' } })
    const problem = await problemOf(test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } }))
    expect(problem).toMatchObject({ status: 409, tenant_id: body.id })
    await test.settle(body)
    const again = await test.client.createTenant({ body: { name: 'acme', compute_provider: 'mock' } })
    expect(again.status).toBe(201)
    expect(again.body.id).not.toBe(body.id)
  })

  it('takes the provider from compute_config, labels or annotations', async () => {
    const bodies = [
      { compute_provider_type: 'vault', compute_config: { image: 'a' } },
      { compute_config: { image: 'a', compute_provider: 'vault' } },
      { compute_config: { image: 'a' }, labels: { compute_provider: 'vault' } },
      { compute_config: { image: 'a' }, annotations: { compute_provider_type: 'vault' } },
    ]
    for (const [index, body] of bodies.entries()) {
      const created = await test.client.createTenant({ body: { name: `t${index}`, ...body } })
      expect(created.body).toMatchObject({ compute_provider: 'vault', compute_config: { image: 'a' } })
      expect(created.body.compute_config).not.toHaveProperty('compute_provider')
    }
  })

  it('asks which provider when several are configured', async () => {
    const problem = await problemOf(test.client.createTenant({ body: { name: 'acme' } }))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(problem.errors?.[0]).toMatchObject({ pointer: '/compute_provider' })
    expect(problem.detail).toContain('mock, vault')
  })

  it('refuses a provider that is not configured, with a guess', async () => {
    const problem = await problemOf(test.client.createTenant({ body: { name: 'acme', compute_provider: 'mok' } }))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request' })
    expect(problem.detail).toContain('did you mean "mock"?')
    expect((await test.client.listTenants()).body.total).toBe(0)
  })

  it('reports every mistake in the configuration at once, by pointer', async () => {
    const problem = await problemOf(
      test.client.createTenant({
        body: { name: 'acme', compute_provider: 'mock', compute_config: { imge: 'a', replicas: -1 } },
      }),
    )
    expect(problem).toMatchObject({ status: 400, code: 'invalid_config' })
    expect(problem.errors).toEqual([
      { pointer: '/compute_config/imge', message: 'is not a known key; did you mean "image"?' },
      { pointer: '/compute_config/replicas', message: expect.stringContaining('>= 0') },
    ])
    expect(problem.error).toBe(problem.detail)
    expect(problem.details).toHaveLength(2)
  })

  it('refuses reserved labels and names that look like ids', async () => {
    const reserved = await problemOf(
      test.client.createTenant({
        body: { name: 'acme', compute_provider: 'mock', labels: { 'landlord.owner': 'me' } },
      }),
    )
    expect(reserved.errors?.[0]?.pointer).toBe('/labels/landlord.owner')
    const name = '01a1fa75-b494-7439-8fe2-7963f12d48ce'
    const alike = await problemOf(test.client.createTenant({ body: { name, compute_provider: 'mock' } }))
    expect(alike.errors?.[0]?.pointer).toBe('/name')
  })

  it('never shows a secret: not in answers, lists, events or problems', async () => {
    const secret = 'hunter2-of-acme'
    const body = { name: 'acme', compute_provider: 'vault', compute_config: { image: 'a', password: secret } }
    const texts = [
      await test.client.createTenant({ body }),
      await test.client.createTenant({ body }),
      await test.client.getTenant({ params: { tenant: 'acme' } }),
      await test.client.listTenants(),
      await test.client.listEvents(),
      await problemOf(
        test.client.createTenant({
          body: { ...body, name: 'b', compute_config: { ...body.compute_config, size: 'x' } },
        }),
      ),
    ].map((answer) => JSON.stringify('body' in answer ? answer.body : answer))
    for (const text of texts) expect(text).not.toContain(secret)
    expect(texts[2]).toContain('"password":"[redacted]"')
  })

  it('refuses a redacted value that stands for nothing', async () => {
    const compute_config = { image: 'a', password: '[redacted]' }
    const problem = await problemOf(
      test.client.createTenant({ body: { name: 'acme', compute_provider: 'vault', compute_config } }),
    )
    expect(problem).toMatchObject({ status: 400, code: 'invalid_config' })
    expect(problem.errors?.[0]?.pointer).toBe('/compute_config/password')
  })

  it('shows nothing of a configuration whose provider is no longer there, and still deletes the tenant', async () => {
    const compute_config = { image: 'image-of-acme', password: 'hunter2' }
    await test.client.createTenant({ body: { name: 'acme', compute_provider: 'vault', compute_config } })
    const other = await startTestServer({ database: test.database, engine: test.engine })
    const { body } = await other.client.getTenant({ params: { tenant: 'acme' } })
    expect(body.compute_config).toEqual({ image: '[redacted]', password: '[redacted]' })
    expect((await problemOf(other.client.replaceTenant({ params: { tenant: 'acme' }, body: {} }))).detail).toContain(
      'vault',
    )
    expect((await other.client.deleteTenant({ params: { tenant: 'acme' } })).status).toBe(202)
    await other.server.close()
  })

  it('says nothing of it to who does not see the tenant, but that its name is taken', async () => {
    const compute_config = { image: 'web:1', password: 'hunter2' }
    const labels = { tier: 'basic' }
    await test.client.createTenant({ body: { name: 'acme', compute_provider: 'vault', compute_config, labels } })
    const providers = [(installation: string) => createMockProvider({ installation }), secretProvider]
    const guarded = await startGuardedServer({ providers, database: test.database, engine: test.engine })
    const client = guarded.as(await guarded.makeToken('--selector', 'tier=pro'))
    const detailFor = async (name: string, more: object) =>
      (await problemOf(client.planCreation({ body: { name, labels: { tier: 'pro' }, ...more } }))).detail
    const redacted = { compute_provider: 'vault', compute_config: { image: 'web:1', password: '[redacted]' } }
    for (const more of [redacted, { compute_config: { image: 'web:1' } }]) {
      expect(await detailFor('acme', more)).toBe(await detailFor('free', more))
    }
    await guarded.server.close()
  })
})
