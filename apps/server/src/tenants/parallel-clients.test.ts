import { ApiError, type LandlordClient, type Tenant } from '@landlord/api-contract'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

/** Two servers on one database. */
let test: TestServer
let other: TestServer

beforeAll(async () => {
  test = await startTestServer()
  other = await test.another()
})
afterAll(async () => {
  await other.server.close()
  await test.close()
})

/** Clients of either server in turn, all at once. */
function together<Answer>(count: number, work: (client: LandlordClient, index: number) => Promise<Answer>) {
  return Promise.all(
    Array.from({ length: count }, (_, index) => work(index % 2 === 0 ? test.client : other.client, index)),
  )
}

it('makes one tenant of 200 creates, through two servers', async () => {
  const body = { name: 'wanted', compute_config: { image: 'web:1' } }
  const answers = await together(200, (client) => client.createTenant({ body }))
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(199)
  expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
  expect((await test.client.listTenants({ query: { q: 'wanted' } })).body.total).toBe(1)
})

it('loses no update of clients that read, change and write what they have read', async () => {
  const params = { tenant: 'counted' }
  await test.client.createTenant({ body: { name: 'counted', annotations: { count: '0' } } })
  let refused = 0
  /** Undefined where another client was quicker. */
  async function increment(client: LandlordClient): Promise<Tenant | undefined> {
    const { body, headers } = await client.getTenant({ params })
    const annotations = { count: String(Number(body.annotations?.count) + 1) }
    const based = { 'if-match': headers.get('etag') ?? '' }
    try {
      return (await client.patchTenant({ params, headers: based, body: { annotations } })).body
    } catch (error) {
      if (!ApiError.isInstance(error) || error.status !== 412) throw error
      refused += 1
      return undefined
    }
  }
  const counts = await together(20, async (client) => {
    let written: Tenant | undefined
    while (written === undefined) written = await increment(client)
    return Number(written.annotations?.count)
  })
  // Without a race this would say nothing.
  expect(refused).toBeGreaterThan(0)
  expect(counts.toSorted((left, right) => left - right)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  expect((await test.client.getTenant({ params })).body.annotations).toEqual({ count: '20' })
})

it('ends on the last of many changes while a tenant is provisioned, whatever the worker says of the others', async () => {
  const params = { tenant: 'hurried' }
  const { body: tenant } = await test.client.createTenant({ body: { name: 'hurried' } })
  const { body: first } = await test.worker.getDesiredState({ params: { id: tenant.id } })
  const about = { operation_id: first.operation?.id ?? '', generation: first.generation }
  const progress = { ...about, outcome: 'in_progress' as const, attempts: 0 }
  await test.worker.reportProgress({ params: { id: tenant.id }, body: progress })
  const changes = await together(20, async (client, index) => {
    const body = { compute_config: { image: `web:${index}` } }
    return (await client.replaceTenant({ params, body })).body
  })
  const last = changes.toSorted((left, right) => left.generation - right.generation).at(-1)
  expect(last?.generation).toBe(21)
  const late = { ...about, outcome: 'succeeded' as const, endpoints: [] }
  expect((await test.worker.reportProgress({ params: { id: tenant.id }, body: late })).body.accepted).toBe(false)
  const { body: desired } = await other.worker.getDesiredState({ params: { id: tenant.id } })
  expect(desired.config).toEqual(last?.desired_config)
  await test.settle(tenant)
  const { body: ready } = await other.client.getTenant({ params })
  expect(ready).toMatchObject({ status: 'ready', observed_generation: 21, desired_config: last?.desired_config })
})
