import { type ComputeProvider, UnsupportedSpecificationError } from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer({
    providers: [(installation) => createMockProvider({ installation }), bareProvider],
  })
})
afterAll(() => test.close())

/** One that has no secrets. */
function bareProvider(installation: string): ComputeProvider {
  const provider = secretProvider(installation)
  const capabilities = { ...provider.capabilities, secrets: false }
  const { name } = provider
  return { ...provider, capabilities, validate: (spec) => assertNoSecrets(spec.secrets?.length ?? 0, name) }
}

function assertNoSecrets(count: number, name: string): void {
  if (count > 0) throw new UnsupportedSpecificationError({ message: `provider "${name}" has no secrets of its own` })
}

const db = { name: 'DB_PASSWORD', value_from: 'env:LANDLORD_SECRET_DB' }
const key = { name: 'API_KEY', value_from: 'file:/run/secrets/key' }

describe('secrets of a tenant', () => {
  it('are references, shown as they are, told to the worker, and changed as a list', async () => {
    const { body: tenant } = await test.client.createTenant({
      body: { name: 'shop', compute_provider: 'mock', secrets: [db, key] },
    })
    const params = { tenant: tenant.id }
    expect(tenant.secrets).toEqual([db, key])
    expect((await test.worker.getDesiredState({ params: { id: tenant.id } })).body.secrets).toEqual([db, key])
    await test.settle(tenant)

    // Their order means nothing.
    const same = await test.client.patchTenant({ params, body: { secrets: [key, db] } })
    expect({ status: same.status, generation: same.body.generation }).toEqual({ status: 200, generation: 1 })
    const labelled = await test.client.patchTenant({ params, body: { labels: { tier: 'pro' } } })
    expect(labelled.body.secrets).toEqual([db, key])
    const moved = { ...db, value_from: 'env:LANDLORD_SECRET_OTHER' }
    const changed = await test.client.patchTenant({ params, body: { secrets: [moved] } })
    expect(changed).toMatchObject({ status: 202, body: { generation: 3, secrets: [moved] } })
    const { events } = (await test.client.listTenantEvents({ params, query: { limit: 2 } })).body
    expect(events.find(({ type }) => type === 'tenant.updated')?.data).toMatchObject({
      changes: [
        { path: '/secrets/API_KEY', from: key.value_from },
        { path: '/secrets/DB_PASSWORD', from: db.value_from, to: moved.value_from },
      ],
    })
    const replaced = await test.client.replaceTenant({ params, body: { compute_provider: 'mock' } })
    expect(replaced.body.secrets).toEqual([])
  })

  it.each([
    ['a plain value', [{ ...db, value_from: 'hunter2' }], '/secrets/0/value_from'],
    ['a plain value after a scheme', [{ ...db, value_from: 'env:hunter-2' }], '/secrets/0/value_from'],
    ['a path that is not absolute', [db, { ...key, value_from: 'file:key' }], '/secrets/1/value_from'],
    ['one name twice', [db, { ...key, name: db.name }], '/secrets/1/name'],
    ['no variable', [{ ...db, name: 'A B' }], '/secrets/0/name'],
  ])('refuse %s, and do not repeat it', async (_what, secrets, pointer) => {
    const problem = await problemOf(
      test.client.createTenant({ body: { name: 'wrong', compute_provider: 'mock', secrets } }),
    )
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer }] })
    expect(JSON.stringify(problem)).not.toMatch(/hunter-?2/)
    expect((await problemOf(test.client.getTenant({ params: { tenant: 'wrong' } }))).status).toBe(404)
  })

  it('are refused before anything is stored where the provider has none', async () => {
    const body = { name: 'bare', compute_provider: 'vault', compute_config: { image: 'a' }, secrets: [db] }
    expect(await problemOf(test.client.createTenant({ body }))).toMatchObject({ status: 400, code: 'invalid_config' })
    expect((await problemOf(test.client.getTenant({ params: { tenant: 'bare' } }))).status).toBe(404)
  })
})
