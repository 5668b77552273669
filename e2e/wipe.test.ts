import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type ControlPlane, startControlPlane } from './support/control-plane.ts'
import { untilAnswered } from './support/expected-fleet.ts'

const TENANTS = 30
const CONVERGE_WITHIN_MS = 120_000

let plane: ControlPlane
beforeAll(async () => {
  plane = await startControlPlane({ compute: { mock: {} } })
})
afterAll(() => plane.close())

it("loses nothing when the workflow engine's folder is wiped while tenants are in flight", async () => {
  const names = Array.from({ length: TENANTS }, (_, index) => `acme-${index}`)
  // Slow enough that all of them are in flight when the folder goes.
  const compute_config = { mock: { ready_after_ms: 3000 } }
  await Promise.all(names.map((name) => plane.client.createTenant({ body: { name, compute_config } })))
  const inFlight = await plane.client.listTenants({ query: { status: 'requested,provisioning', limit: 500 } })
  expect(inFlight.body.total).toBe(TENANTS)

  await rm(plane.engineFolder, { recursive: true, force: true })
  await plane.crash('engine')

  await vi.waitFor(
    async () => {
      const { body } = await untilAnswered(() => plane.client.listTenants({ query: { status: 'ready' } }))
      expect(body.total).toBe(TENANTS)
    },
    { timeout: CONVERGE_WITHIN_MS, interval: 250 },
  )
  // And the new engine does the same for what comes after.
  await plane.client.deleteTenant({ params: { tenant: 'acme-0' } })
  const { body } = await plane.client.createTenant({ body: { name: 'afterwards' } })
  const settled = await plane.client.waitForTenant({ params: { tenant: body.id } })
  expect(settled.body.status).toBe('ready')
})
