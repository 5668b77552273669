import { ensureTestImage, findEngine, httpServerConfig, listLabelled, NO_ENGINE } from '@landlord/test-engine'
import { afterEach, expect, it, vi } from 'vitest'
import { type ControlPlane, startControlPlane } from './support/control-plane.ts'
import { type EcsAccount, EMULATOR_ENVIRONMENT, openEcsAccount } from './support/ecs-account.ts'
import { expectMockWorld } from './support/expect-mock-world.ts'
import { ExpectedFleet } from './support/expected-fleet.ts'
import { CONVERGE_WITHIN_MS, liveThroughCrashes } from './support/live-through-crashes.ts'
import { seededRandom } from './support/random.ts'

const MOCK_TENANTS = 50
const DOCKER_TENANTS = 10
const ECS_TENANTS = 20
/** Emulated seconds in a real one: what takes ECS half a minute takes a second. */
const ECS_SPEED = 30

const engine = await findEngine()
const seed = Number(process.env.LANDLORD_E2E_SEED ?? Date.now() % 100_000)
const random = seededRandom(seed)

let plane: ControlPlane
afterEach(() => plane.close())

it(`keeps every tenant while all processes are killed at random (seed ${seed})`, async () => {
  plane = await startControlPlane({ compute: { mock: { world_file: '{folder}/world.db' } } })
  const fleet = new ExpectedFleet(plane.client)
  const configOf = (name: string, round: number) => ({
    mock: { ready_after_ms: Math.floor(random() * 2000) },
    env: { GREETING: `${name}-${round}` },
  })
  await liveThroughCrashes(
    { plane, fleet, random },
    { names: namesOf('acme', MOCK_TENANTS), provider: 'mock', configOf },
  )
  expectMockWorld(plane, fleet)
})

it.skipIf(engine === undefined)(
  `keeps every container while all processes are killed at random (seed ${seed})${engine ? '' : `: ${NO_ENGINE}`}`,
  async () => {
    if (engine === undefined) return
    const image = await ensureTestImage(engine.docker)
    plane = await startControlPlane({ compute: { docker: {} } })
    const fleet = new ExpectedFleet(plane.client)
    const names = namesOf('box', DOCKER_TENANTS)
    const configOf = (name: string, round: number) => ({
      image,
      ...httpServerConfig(),
      env: { GREETING: `${name}-${round}` },
    })
    await liveThroughCrashes({ plane, fleet, random }, { names, provider: 'docker', configOf })
    await expectContainers(fleet)
    for (const name of names) await fleet.delete(name)
    await vi.waitFor(async () => expect(await ownedByUs(fleet)).toEqual([]), {
      timeout: CONVERGE_WITHIN_MS,
      interval: 500,
    })
  },
)

it(`keeps every ECS service while all processes are killed at random (seed ${seed})`, async () => {
  const account = await openEcsAccount({ speed: ECS_SPEED })
  try {
    const revisions = await Promise.all([0, 1, 2].map(() => account.registerTaskDefinition({})))
    plane = await startControlPlane({ compute: { ecs: ecsBlock(account) }, environment: EMULATOR_ENVIRONMENT })
    const fleet = new ExpectedFleet(plane.client)
    const names = namesOf('unit', ECS_TENANTS)
    const configOf = (name: string, round: number) => ({
      task_definition_arn: revisions[round] ?? '',
      desired_count: 1 + (round % 2),
      tags: { greeting: `${name}-${round}` },
    })
    await liveThroughCrashes({ plane, fleet, random }, { names, provider: 'ecs', configOf })
    await expectServices(account, fleet)
    for (const name of names) await fleet.delete(name)
    await vi.waitFor(async () => expect(await account.activeServices()).toEqual([]), {
      timeout: CONVERGE_WITHIN_MS,
      interval: 500,
    })
  } finally {
    await account.close()
  }
})

const namesOf = (word: string, count: number) => Array.from({ length: count }, (_, index) => `${word}-${index}`)

const ecsBlock = ({ emulator, clusterArn }: EcsAccount) => ({
  endpoint_url: emulator.url,
  cluster_arn: clusterArn,
  subnets: ['subnet-0123456789abcdef0'],
  consistency_window_seconds: 120 / ECS_SPEED,
})

async function expectServices(account: EcsAccount, fleet: ExpectedFleet): Promise<void> {
  const services = await account.activeServices()
  const living = [...fleet.wishes].filter(([, { config }]) => config !== undefined)
  // Neither one twice nor one of a tenant that is no more.
  expect(services).toHaveLength(living.length)
  for (const [name, { config, isSuspended }] of living) {
    const tagged = services.filter(({ tags }) =>
      tags?.some(({ key, value }) => key === 'landlord.tenant_id' && value === fleet.ids.get(name)),
    )
    const { tags: asked = {}, task_definition_arn, desired_count } = config ?? {}
    const count = isSuspended ? 0 : desired_count
    expect(tagged, name).toMatchObject([
      {
        status: 'ACTIVE',
        taskDefinition: task_definition_arn,
        desiredCount: count,
        runningCount: count,
      },
    ])
    expect(tagged[0]?.tags, name).toContainEqual({ key: 'greeting', value: (asked as { greeting: string }).greeting })
  }
}

async function expectContainers(fleet: ExpectedFleet): Promise<void> {
  for (const [name, { config, isSuspended }] of fleet.wishes) {
    const containers = (await ownedBy(fleet.ids.get(name) ?? '')).filter(({ kind }) => kind === 'container')
    expect(containers, name).toHaveLength(config === undefined ? 0 : 1)
    if (config === undefined) continue
    const { body } = await plane.client.getComputeStatus({ params: { tenant: name } })
    expect(body.state, name).toBe(isSuspended ? 'stopped' : 'running')
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
