import type { Tenant } from '@landlord/api-contract'
import { createMockProvider } from '@landlord/provider-mock'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer
const params = { tenant: 'acme' }

beforeEach(async () => {
  test = await startTestServer({ providers: [(installation) => createMockProvider({ installation }), secretProvider] })
})
afterEach(() => test.close())

async function create(body: object = {}): Promise<Tenant> {
  const created = await test.client.createTenant({
    body: { name: 'acme', compute_provider: 'mock', compute_config: { image: 'web:1' }, ...body },
  })
  return created.body
}

async function ready(body: object = {}): Promise<Tenant> {
  await test.settle(await create(body))
  return (await test.client.getTenant({ params })).body
}

describe('PUT /v1/tenants/{tenant}', () => {
  it('updates a ready tenant: new generation, new operation, new trigger', async () => {
    const before = await ready()
    expect(before.status).toBe('ready')
    const { status, headers, body } = await test.client.replaceTenant({
      params,
      body: { compute_config: { image: 'web:2' } },
    })
    expect(status).toBe(202)
    expect(headers.get('etag')).toBe(`"${before.version + 1}"`)
    expect(body).toMatchObject({
      status: 'updating',
      generation: 2,
      observed_generation: 1,
      version: before.version + 1,
    })
    expect(body.desired_config).toMatchObject({ image: 'web:2', replicas: 1 })
    expect(body.workflow_execution_id).not.toBe(before.workflow_execution_id)
    await vi.waitFor(() => expect(test.engine.sendsOf(body.id)).toHaveLength(2))
    await test.settle(body)
    expect((await test.client.getTenant({ params })).body).toMatchObject({ status: 'ready', observed_generation: 2 })
  })

  it('changes nothing when nothing changes', async () => {
    const before = await ready()
    const { status, body } = await test.client.replaceTenant({ params, body: { compute_config: { image: 'web:1' } } })
    expect(status).toBe(200)
    expect(body).toEqual(before)
  })

  it('puts what is left out back to its default', async () => {
    await ready({ labels: { tier: 'pro' }, annotations: { note: 'x' } })
    const { body } = await test.client.replaceTenant({ params, body: {} })
    expect(body).toMatchObject({ compute_config: {}, labels: {}, annotations: {} })
    expect(body.desired_config).toMatchObject({ image: 'mock' })
  })

  it('supersedes work under way', async () => {
    const first = await create()
    const { body } = await test.client.replaceTenant({ params, body: { compute_config: { image: 'web:2' } } })
    expect(body).toMatchObject({ status: 'requested', generation: 2 })
    const { operations } = (await test.client.listTenantOperations({ params })).body
    expect(operations.map(({ id, kind, state }) => ({ id, kind, state }))).toEqual([
      { id: body.workflow_execution_id, kind: 'provision', state: 'pending' },
      { id: first.workflow_execution_id, kind: 'provision', state: 'superseded' },
    ])
  })

  it('applies labels and keeps annotations to itself', async () => {
    const before = await ready()
    const config = { compute_config: { image: 'web:1' } }
    const noted = await test.client.replaceTenant({ params, body: { ...config, annotations: { note: 'hello' } } })
    expect(noted.status).toBe(200)
    expect(noted.body).toMatchObject({ status: 'ready', generation: 1, version: before.version + 1 })
    const labelled = await test.client.replaceTenant({
      params,
      body: { ...config, annotations: { note: 'hello' }, labels: { tier: 'pro' } },
    })
    expect(labelled.status).toBe(202)
    expect(labelled.body).toMatchObject({ status: 'updating', generation: 2 })
    const { body: desired } = await test.worker.getDesiredState({ params: { id: before.id } })
    expect(desired).toMatchObject({ labels: { tier: 'pro' }, operation: { kind: 'update' } })
    const { events } = (await test.client.listTenantEvents({ params })).body
    expect(events.slice(0, 2).map((event) => event.type)).toEqual([
      'tenant.labels_changed',
      'tenant.annotations_changed',
    ])
    expect(JSON.stringify(events)).not.toContain('hello')
  })

  it('keeps the provider of a tenant unless told otherwise, and refuses to move one that may have compute', async () => {
    const tenant = await ready()
    const vault = { compute_provider: 'vault', compute_config: { image: 'a' } }
    const problem = await problemOf(test.client.replaceTenant({ params, body: vault }))
    expect(problem).toMatchObject({ status: 409, tenant_id: tenant.id })
    expect(problem.detail).toContain('archive it first')
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const moved = await test.client.replaceTenant({ params, body: vault })
    expect(moved.body).toMatchObject({ compute_provider: 'vault', status: 'provisioning', observed_resource_ids: {} })
  })

  it.each([
    ['replaceTenant', 'compute_provider_type'],
    ['patchTenant', 'compute_provider_type'],
    ['patchTenant', 'compute_provider'],
  ] as const)('moves an archived tenant: %s with %s', async (route, field) => {
    const tenant = await ready()
    const body = { [field]: 'vault', compute_config: { image: 'a' } }
    expect((await problemOf(test.client[route]({ params, body }))).status).toBe(409)
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const moved = await test.client[route]({ params, body })
    expect(moved.body).toMatchObject({ compute_provider: 'vault', status: 'provisioning' })
    expect((await test.worker.getDesiredState({ params: { id: tenant.id } })).body.config).toEqual({
      image: 'a',
      size: 1,
    })
  })

  it.each(['replaceTenant', 'patchTenant'] as const)('refuses another name, as PATCH does: %s', async (route) => {
    await create()
    const problem = await problemOf(test.client[route]({ params, body: { name: 'other' } }))
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '/name' }] })
    const body = { name: 'acme', compute_config: { image: 'web:2' } }
    expect((await test.client[route]({ params, body })).status).toBe(202)
  })

  it('applies other secrets, and not the same in another order', async () => {
    const secrets = ['A', 'B'].map((name) => ({ name, value_from: `env:LANDLORD_SECRET_${name}` }))
    const tenant = await ready({ secrets })
    expect(tenant.secrets).toEqual(secrets)
    const same = { compute_config: { image: 'web:1' }, secrets: secrets.toReversed() }
    expect((await test.client.replaceTenant({ params, body: same })).status).toBe(200)
    const moved = [{ name: 'A', value_from: 'file:/run/secrets/a' }]
    const { status, body } = await test.client.replaceTenant({ params, body: { ...same, secrets: moved } })
    expect([status, body]).toMatchObject([202, { status: 'updating', generation: 2, secrets: moved }])
    const { body: desired } = await test.worker.getDesiredState({ params: { id: tenant.id } })
    expect(desired.secrets).toEqual(moved)
    expect((await test.client.patchTenant({ params, body: { secrets: null } })).body.secrets).toEqual([])
  })

  it('brings an archived tenant back, unchanged or not', async () => {
    const tenant = await ready()
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const { status, body } = await test.client.replaceTenant({ params, body: { compute_config: { image: 'web:1' } } })
    expect(status).toBe(202)
    expect(body.status).toBe('provisioning')
    expect((await test.worker.getDesiredState({ params: { id: tenant.id } })).body.operation?.kind).toBe('provision')
  })

  it('changes nothing when the new state is refused', async () => {
    const before = await ready()
    const problem = await problemOf(test.client.replaceTenant({ params, body: { compute_config: { replicas: 1.5 } } }))
    expect(problem.code).toBe('invalid_config')
    expect((await test.client.getTenant({ params })).body).toEqual(before)
  })

  it('takes a redacted value as unchanged', async () => {
    const keys = [{ id: 'k', secret: 's3cret-key' }]
    const tenant = await ready({ compute_provider: 'vault', compute_config: { image: 'a', password: 'old', keys } })
    const shown = tenant.compute_config ?? {}
    expect(JSON.stringify(shown)).not.toContain('s3cret-key')
    expect((await test.client.replaceTenant({ params, body: { compute_config: shown } })).status).toBe(200)
    const changed = await test.client.replaceTenant({ params, body: { compute_config: { ...shown, image: 'b' } } })
    expect(changed.status).toBe(202)
    const { body: desired } = await test.worker.getDesiredState({ params: { id: tenant.id } })
    expect(desired.config).toEqual({ image: 'b', password: 'old', keys, size: 1 })
  })

  it('tells the audit trail what changed, without sensitive values', async () => {
    await ready({ compute_provider: 'vault', compute_config: { image: 'a', password: 'old', env: { KEY: 'v1' } } })
    await test.client.replaceTenant({
      params,
      body: { compute_config: { image: 'b', password: 'new', env: { KEY: 'v2' } } },
    })
    const [event] = (await test.client.listTenantEvents({ params })).body.events
    expect(event).toMatchObject({ type: 'tenant.updated', generation: 2, principal: 'anonymous' })
    expect(event?.data.changes).toEqual([
      { path: '/compute_config/env/KEY', from: '[redacted]', to: '[redacted]' },
      { path: '/compute_config/image', from: 'a', to: 'b' },
      { path: '/compute_config/password', from: '[redacted]', to: '[redacted]' },
    ])
  })
})

describe('the same desired state on a tenant that failed', () => {
  const body = { compute_config: { image: 'web:2' } }

  async function failedUpdate(): Promise<Tenant> {
    const tenant = await ready()
    await test.client.replaceTenant({ params, body })
    await test.fail(tenant, true)
    return (await test.client.getTenant({ params })).body
  }

  it.each([
    ['PUT', () => test.client.replaceTenant({ params, body })],
    ['PATCH', () => test.client.patchTenant({ params, body })],
  ])('is tried again by %s', async (_, call) => {
    const before = await failedUpdate()
    const answer = await call()
    expect(answer.status).toBe(202)
    expect(answer.body).toMatchObject({ status: 'updating', generation: before.generation + 1 })
    expect(answer.body.workflow_execution_id).not.toBe(before.workflow_execution_id)
    await test.settle(answer.body)
    expect((await test.client.getTenant({ params })).body.status).toBe('ready')
  })

  it('stays failed when only a note is put on it, or when it was to be gone', async () => {
    const tenant = await failedUpdate()
    const noted = await test.client.patchTenant({ params, body: { annotations: { note: 'x' } } })
    expect(noted).toMatchObject({ status: 200, body: { status: 'failed' } })
    await test.client.archiveTenant({ params })
    await test.fail(tenant)
    expect((await test.client.patchTenant({ params, body })).status).toBe(200)
  })
})

describe('PATCH /v1/tenants/{tenant}', () => {
  it('changes what it names and removes what is null', async () => {
    await ready({ compute_config: { image: 'web:1', env: { A: '1', B: '2' } }, labels: { tier: 'pro', trial: '' } })
    const { status, body } = await test.client.patchTenant({
      params,
      body: { compute_config: { env: { B: null, C: '3' } }, labels: { trial: null, region: 'eu' } },
    })
    expect(status).toBe(202)
    expect(body.compute_config).toEqual({ image: 'web:1', env: { A: '1', C: '3' } })
    expect(body.labels).toEqual({ tier: 'pro', region: 'eu' })
  })

  it('takes a redacted value as unchanged, also inside a list', async () => {
    const keys = [{ id: 'k', secret: 's3cret-key' }]
    const tenant = await ready({ compute_provider: 'vault', compute_config: { image: 'a', password: 'old', keys } })
    const shown = [{ id: 'k2', secret: '[redacted]' }]
    await test.client.patchTenant({ params, body: { compute_config: { password: '[redacted]', keys: shown } } })
    const { body: desired } = await test.worker.getDesiredState({ params: { id: tenant.id } })
    expect(desired.config).toMatchObject({ password: 'old', keys: [{ id: 'k2', secret: 's3cret-key' }] })
  })

  it('removes everything at once with null, and nothing with nothing', async () => {
    await ready({ labels: { tier: 'pro' }, annotations: { note: 'x' } })
    expect((await test.client.patchTenant({ params, body: {} })).status).toBe(200)
    const { body } = await test.client.patchTenant({ params, body: { labels: null, annotations: null } })
    expect(body).toMatchObject({ labels: {}, annotations: {}, compute_config: { image: 'web:1' } })
  })

  it.each([
    ['a key of a label', { labels: { 'no spaces': 'x' } }, '/labels/no spaces'],
    ['a value of a label', { labels: { tier: 'no spaces' } }, '/labels/tier'],
    ['a key of an annotation', { annotations: { '-': 'x' } }, '/annotations/-'],
    ['a value of an annotation', { annotations: { note: 'x'.repeat(16_385) } }, '/annotations/note'],
  ])('refuses %s that a create would refuse', async (_, body, pointer) => {
    const before = await ready()
    const problem = await problemOf(test.client.patchTenant({ params, body }))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
    expect((await test.client.getTenant({ params })).body).toEqual(before)
  })

  it('counts labels and annotations after the merge', async () => {
    const many = (prefix: string, value: string | null) =>
      Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`${prefix}${index}`, value]))
    await ready({ labels: many('a', 'x'), annotations: many('a', 'x') })
    for (const field of ['labels', 'annotations']) {
      const problem = await problemOf(test.client.patchTenant({ params, body: { [field]: { more: 'x' } } }))
      expect(problem).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer: `/${field}` }] })
      const swap = { [field]: { ...many('a', null), ...many('b', 'y') } }
      const { body } = await test.client.patchTenant({ params, body: swap })
      expect(body).toMatchObject({ [field]: many('b', 'y') })
    }
  })

  it('takes a merge patch by its own content type', async () => {
    await ready()
    const response = await fetch(`${test.url}/v1/tenants/acme`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: JSON.stringify({ compute_config: { replicas: 3 } }),
    })
    expect(response.status).toBe(202)
  })

  it('leaves an archived tenant archived when only a note is put on it', async () => {
    const tenant = await ready()
    await test.client.archiveTenant({ params })
    await test.settle(tenant)
    const { status, body } = await test.client.patchTenant({ params, body: { annotations: { note: 'gone' } } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ status: 'archived', annotations: { note: 'gone' } })
  })
})

describe('If-Match', () => {
  it('refuses a change that is based on an older version', async () => {
    const tenant = await ready()
    const stale = { 'if-match': `"${tenant.version - 1}"` }
    for (const call of [
      () => test.client.replaceTenant({ params, body: {}, headers: stale }),
      () => test.client.patchTenant({ params, body: {}, headers: stale }),
      () => test.client.deleteTenant({ params, headers: stale }),
      () => test.client.archiveTenant({ params, headers: stale }),
      () => test.client.reconcileTenant({ params, headers: stale }),
    ]) {
      expect(await problemOf(call())).toMatchObject({ status: 412, code: 'precondition_failed', tenant_id: tenant.id })
    }
    expect((await test.client.getTenant({ params })).body).toEqual(tenant)
  })

  it.each([
    ['the version', (version: number) => `"${version}"`],
    ['a weak tag', (version: number) => `W/"${version}"`],
    ['one of a list', (version: number) => `"1000", "${version}"`],
    ['anything that exists', () => '*'],
  ])('accepts %s', async (_, tag) => {
    const { version } = await ready()
    const headers = { 'if-match': tag(version) }
    expect((await test.client.patchTenant({ params, body: { labels: { a: 'b' } }, headers })).status).toBe(202)
  })

  it('lets a PUT and a DELETE happen to the version that was looked at', async () => {
    const { version } = await ready()
    const at = (current: number) => ({ params, headers: { 'if-match': `"${current}"` } })
    const { body } = await test.client.replaceTenant({ ...at(version), body: { compute_config: { image: 'web:2' } } })
    expect(body.version).toBe(version + 1)
    expect((await problemOf(test.client.deleteTenant(at(version)))).status).toBe(412)
    expect((await test.client.deleteTenant(at(body.version))).body.status).toBe('deleting')
  })

  it('explains a tag that is none', async () => {
    await ready()
    const problem = await problemOf(test.client.patchTenant({ params, body: {}, headers: { 'if-match': '7' } }))
    expect(problem).toMatchObject({ status: 400, detail: expect.stringContaining('quoted') })
  })

  it('lets exactly one of many writers of the same version win', async () => {
    const { version } = await ready()
    const writes = Array.from({ length: 30 }, (_, index) =>
      test.client
        .patchTenant({ params, body: { labels: { writer: `w${index}` } }, headers: { 'if-match': `"${version}"` } })
        .then(
          (answer) => answer.body.labels?.writer,
          () => undefined,
        ),
    )
    const winners = (await Promise.all(writes)).filter((writer) => writer !== undefined)
    expect(winners).toHaveLength(1)
    expect((await test.client.getTenant({ params })).body.labels?.writer).toBe(winners[0])
  })

  it('lets the last of many writers win without it, and none of them fails', async () => {
    await ready()
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        test.client.replaceTenant({ params, body: { compute_config: { image: `web:${index + 10}` } } }),
      ),
    )
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([202]))
    expect((await test.client.getTenant({ params })).body.generation).toBe(61)
    const { operations } = (await test.client.listTenantOperations({ params, query: { limit: 500 } })).body
    expect(operations.filter((operation) => operation.finished_at === undefined)).toHaveLength(1)
  })
})
