import { createMockProvider } from '@landlord/provider-mock'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { secretProvider } from '../../test/secret-provider.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const HOUR_MS = 3_600_000

let test: TestServer
let time = Date.parse('2026-11-20T12:00:00.000Z')
beforeAll(async () => {
  test = await startTestServer({
    now: () => new Date(time),
    providers: [(installation) => createMockProvider({ installation }), secretProvider],
  })
})
afterAll(() => test.close())

const params = { tenant: 'moved' }

async function archive(id: string): Promise<void> {
  await test.client.archiveTenant({ params })
  await test.settle({ id })
  time += HOUR_MS
}

/** Of the provider `mock`, which still has something of the tenant. */
async function scanMock(tenantId: string): Promise<void> {
  await test.client.scanOrphans({ query: { provider: 'mock' } })
  const { body } = test.engine.sends.findLast(({ path }) => path === '/restate/send/OrphanScan/mock/run') ?? {}
  const { scan_id: id } = JSON.parse(body ?? '') as { scan_id: string }
  const resources = [{ tenant_id: tenantId, kind: 'service', id: 's', name: 'svc' }]
  await test.worker.reportOrphanScan({ params: { id }, body: { outcome: 'succeeded', resources, seen: 1 } })
}

const found = async () => (await test.client.listOrphans()).body.orphans

it('leaves to a person what is not at the provider of the archived tenant, which would be asked instead', async () => {
  const { id } = (await test.client.createTenant({ body: { name: 'moved', compute_provider: 'mock' } })).body
  await test.settle({ id })
  await archive(id)
  await scanMock(id)
  const [orphan] = await found()
  expect(orphan).toMatchObject({ reason: 'archived_tenant', deletable: true })

  const wish = { compute_provider: 'vault', compute_config: { image: 'a' } }
  await test.client.replaceTenant({ params, body: wish })
  await test.settle({ id })
  await archive(id)
  const remove = () => problemOf(test.client.deleteOrphan({ params: { id: orphan?.id ?? '' } }))
  expect(await remove()).toMatchObject({ status: 409, detail: expect.stringContaining('at provider vault') })
  await scanMock(id)
  expect(await found()).toMatchObject([{ id: orphan?.id, reason: 'unaccounted', deletable: false }])
  expect(await remove()).toMatchObject({ status: 409, detail: expect.stringContaining('remove it there') })
  const { body } = await test.client.getTenant({ params })
  expect(body).toMatchObject({ status: 'archived', compute_provider: 'vault' })
})
