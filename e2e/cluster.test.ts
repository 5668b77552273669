import { setTimeout as delay } from 'node:timers/promises'
import type { LandlordClient } from '@landlord/api-contract'
import { NO_POSTGRES } from '@landlord/test-postgres'
import { afterAll, expect, it, vi } from 'vitest'
import { type Cluster, startCluster } from './support/cluster.ts'
import { expectMockWorld } from './support/expect-mock-world.ts'
import { ExpectedFleet, untilAnswered } from './support/expected-fleet.ts'
import { followEvents } from './support/follow-events.ts'
import { expectAsAsked, liveOne } from './support/live-through-crashes.ts'
import { seededRandom } from './support/random.ts'

const TENANTS = 40
const BETWEEN_DEATHS_MS = 1_500
const CONVERGE_WITHIN_MS = 120_000

const seed = Number(process.env.LANDLORD_E2E_SEED ?? Date.now() % 100_000)
const random = seededRandom(seed)
const cluster = await startCluster()
afterAll(() => cluster?.close())

it.skipIf(cluster === undefined)(
  `loses nothing while servers, workers, PostgreSQL and Restate die one after the other (seed ${seed})${cluster ? '' : `: ${NO_POSTGRES}`}`,
  async () => {
    if (cluster === undefined) return
    await cluster.ready()
    const client = anyOf(cluster.clients)
    const fleet = new ExpectedFleet(client)
    const follower = followEvents(cluster.serverUrls)
    const run = { plane: { client, folder: cluster.folder }, fleet, random }
    const lives = Array.from({ length: TENANTS }, (_, index) =>
      liveOne(run, { name: `acme-${index}`, provider: 'mock', configOf, isDeleted: index % 3 === 0 }),
    )
    await killOneOfEach(cluster)
    await Promise.all(lives)
    await cluster.ready()
    await expectAsAsked(run, CONVERGE_WITHIN_MS)
    expectMockWorld(run.plane, fleet)
    const recorded = await allEvents(client)
    await vi.waitFor(() => expect(follower.ids.at(-1)).toBe(recorded.at(-1)), { timeout: 20_000, interval: 100 })
    await follower.stop()
    expect(follower.ids).toEqual(recorded)
  },
)

function configOf(name: string, round: number): Record<string, unknown> {
  return { mock: { ready_after_ms: Math.floor(random() * 2000) }, env: { GREETING: `${name}-${round}` } }
}

async function killOneOfEach({ crash }: Cluster): Promise<void> {
  const deaths = [
    () => crash('server', 0),
    () => crash('worker', 0),
    () => crash('node', 0),
    // Both servers start while there is no database.
    () => Promise.all([crash('postgres'), crash('server', 0), crash('server', 1)]),
    () => crash('worker', 1),
    () => crash('node', 1),
    () => crash('server', 2),
    () => crash('node', 2),
  ]
  for (const die of deaths) {
    await delay(BETWEEN_DEATHS_MS)
    await die()
  }
}

/** Each call goes to any one of them. */
function anyOf(clients: readonly LandlordClient[]): LandlordClient {
  return new Proxy({} as LandlordClient, {
    get: (_, name) => {
      const client = clients[Math.floor(Math.random() * clients.length)]
      return client === undefined ? undefined : Reflect.get(client, name)
    },
  })
}

async function allEvents(client: LandlordClient): Promise<string[]> {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: 500, order: 'asc' as const, ...(cursor === undefined ? {} : { cursor }) }
    const { body } = await untilAnswered(() => client.listEvents({ query }))
    ids.push(...body.events.map(({ id }) => id))
    cursor = body.next_cursor
  } while (cursor !== undefined)
  return ids
}
