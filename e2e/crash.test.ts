import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createMockWorld } from '@landlord/provider-mock'
import { ensureTestImage, findEngine, httpServerConfig, listLabelled, NO_ENGINE } from '@landlord/test-engine'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ControlPlane, type Part, startControlPlane } from './support/control-plane.ts'
import { ExpectedFleet } from './support/expected-fleet.ts'
import { seededRandom } from './support/random.ts'

const MOCK_TENANTS = 50
const DOCKER_TENANTS = 10
const CRASHES = 12
const CONVERGE_WITHIN_MS = 180_000
const PARTS: readonly Part[] = ['server', 'worker', 'engine']

const engine = await findEngine()
const seed = Number(process.env.LANDLORD_E2E_SEED ?? Date.now() % 100_000)
const random = seededRandom(seed)

let plane: ControlPlane
beforeEach(async () => {
  plane = await startControlPlane({ compute: { mock: { world_file: '{folder}/world.db' }, docker: {} } })
})
afterEach(() => plane.close())

it(`keeps every tenant while all processes are killed at random (seed ${seed})`, async () => {
  const fleet = new ExpectedFleet(plane.client)
  const crashing = crashAround()
  await Promise.all(mockNames().map((name, index) => liveThrough(fleet, name, 'mock', index)))
  await crashing
  await plane.ready()
  await expectAsAsked(fleet)
  expectMockWorld(fleet)
})

it.skipIf(engine === undefined)(
  `keeps every container while all processes are killed at random (seed ${seed})${engine ? '' : `: ${NO_ENGINE}`}`,
  async () => {
    if (engine === undefined) return
    const image = await ensureTestImage(engine.docker)
    const fleet = new ExpectedFleet(plane.client)
    const crashing = crashAround()
    const names = Array.from({ length: DOCKER_TENANTS }, (_, index) => `box-${index}`)
    await Promise.all(
      names.map((name, index) => liveThrough(fleet, name, 'docker', index, { image, ...httpServerConfig() })),
    )
    await crashing
    await plane.ready()
    await expectAsAsked(fleet)
    await expectContainers(fleet)
    for (const name of names) await fleet.delete(name)
    await vi.waitFor(async () => expect(await ownedByUs(fleet)).toEqual([]), {
      timeout: CONVERGE_WITHIN_MS,
      interval: 500,
    })
  },
)

const mockNames = () => Array.from({ length: MOCK_TENANTS }, (_, index) => `acme-${index}`)

async function crashAround(): Promise<void> {
  for (let count = 0; count < CRASHES; count += 1) {
    await delay(300 + random() * 1500)
    await plane.crash(PARTS[Math.floor(random() * PARTS.length)] ?? 'server')
  }
}

/** Every tenant is created and changed at moments of its own; every third is deleted in the end. */
async function liveThrough(
  fleet: ExpectedFleet,
  name: string,
  provider: string,
  index: number,
  base: Record<string, unknown> = {},
): Promise<void> {
  const slow = provider === 'mock' ? { mock: { ready_after_ms: Math.floor(random() * 2000) } } : {}
  const config = (round: number) => ({ ...base, ...slow, env: { GREETING: `${name}-${round}` } })
  await delay(random() * 4000)
  await fleet.create(name, provider, config(0))
  for (const round of [1, 2]) {
    await delay(random() * 4000)
    await fleet.change(name, config(round))
  }
  await delay(random() * 4000)
  if (index % 3 === 0) await fleet.delete(name)
}

async function expectAsAsked(fleet: ExpectedFleet): Promise<void> {
  const living = [...fleet.wishes].filter(([, wish]) => wish.config !== undefined).map(([name]) => name)
  await vi.waitFor(
    async () => {
      const { body } = await plane.client.listTenants({ query: { limit: 500, sort: 'name', include_deleted: true } })
      expect(body.tenants.map(({ name, status }) => `${name} ${status}`)).toEqual(
        living.toSorted().map((name) => `${name} ready`),
      )
    },
    { timeout: CONVERGE_WITHIN_MS, interval: 500 },
  )
  for (const id of fleet.ids.values()) {
    const { body } = await plane.client.listTenantOperations({ params: { tenant: id }, query: { limit: 500 } })
    const open = body.operations.filter(({ state }) => !['succeeded', 'superseded'].includes(state))
    expect(open).toEqual([])
  }
}

function expectMockWorld(fleet: ExpectedFleet): void {
  const world = createMockWorld({ file: join(plane.folder, 'world.db') })
  try {
    world.assertNoneDoubled()
    const owners = new Set(world.resources().map(({ labels }) => labels['landlord.tenant_id']))
    const living = [...fleet.wishes]
      .filter(([, wish]) => wish.config !== undefined)
      .map(([name]) => fleet.ids.get(name))
    expect([...owners].toSorted()).toEqual(living.toSorted())
    for (const [name, { config }] of fleet.wishes) {
      const services = world.resources({ tenantId: fleet.ids.get(name) ?? '' }).filter(({ kind }) => kind === 'service')
      expect(services.map(({ service }) => service?.config)).toEqual(
        config === undefined ? [] : [expect.objectContaining({ env: config.env })],
      )
    }
  } finally {
    world.close()
  }
}

async function expectContainers(fleet: ExpectedFleet): Promise<void> {
  for (const [name, { config }] of fleet.wishes) {
    const containers = (await ownedBy(fleet.ids.get(name) ?? '')).filter(({ kind }) => kind === 'container')
    expect(containers, name).toHaveLength(config === undefined ? 0 : 1)
    if (config === undefined) continue
    const { body } = await plane.client.getComputeStatus({ params: { tenant: name } })
    expect(body.state).toBe('running')
    const inspected = await engine?.docker.getContainer(containers[0]?.id ?? '').inspect()
    expect(inspected?.Config.Env).toContain(`GREETING=${(config.env as { GREETING: string }).GREETING}`)
  }
}

async function ownedBy(tenantId: string) {
  return engine === undefined ? [] : listLabelled(engine.docker, [`landlord.tenant_id=${tenantId}`])
}

async function ownedByUs(fleet: ExpectedFleet) {
  return (await Promise.all([...fleet.ids.values()].map(ownedBy))).flat()
}
