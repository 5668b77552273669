import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts'

const REREAD_MS = 2_000
const NEVER_MS = 600_000

let test: TestServer
let other: TestServer
beforeAll(async () => {
  // Without the slow re-read a wait can only end because somebody told of the change.
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation((run, milliseconds) =>
    setTimeout(run, milliseconds === REREAD_MS ? NEVER_MS : milliseconds),
  )
  test = await startTestServer()
  other = await test.another()
})
afterAll(async () => {
  vi.restoreAllMocks()
  await other.server.close()
  await test.close()
})

it('a wait at one server ends when another one has written', async () => {
  const { body: tenant } = await test.client.createTenant({ body: { name: 'acme' } })
  const waits = [test, other, test].map(({ client }) => client.waitForTenant({ params: { tenant: 'acme' } }))
  await vi.waitFor(async () => {
    const pages = await Promise.all([test, other].map(async ({ url }) => await (await fetch(`${url}/metrics`)).text()))
    expect(pages.map((page) => /^landlord_waits_open (\d+)$/m.exec(page)?.[1])).toEqual(['2', '1'])
  })
  await other.settle(tenant)
  for (const wait of waits) expect((await wait).body.status).toBe('ready')
})
