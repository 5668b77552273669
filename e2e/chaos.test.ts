import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import getPort from 'get-port'
import { afterEach, expect, it } from 'vitest'
import { expectNowhere, expectSoundDatabase, expectSoundHistory } from './support/check-invariants.ts'
import { type ControlPlane, type Part, startControlPlane } from './support/control-plane.ts'
import { expectMockWorld } from './support/expect-mock-world.ts'
import { ExpectedFleet, TURNS } from './support/expected-fleet.ts'
import { type FaultProxy, type NetworkFault, startFaultProxy } from './support/fault-proxy.ts'
import { expectAsAsked } from './support/live-through-crashes.ts'
import { seededRandom } from './support/random.ts'

/** `pnpm chaos` sets ten. */
const MINUTES = Number(process.env.LANDLORD_CHAOS_MINUTES ?? 0.5)
const TENANTS = 40
const LONGEST_FAULT_MS = 3_000
/** An engine that dies within seconds of its start, again and again, is given up by its supervisor; that is another story. */
const ENGINE_WELL_AFTER_MS = 15_000
/** Beyond the faults, for the last back-offs and sweeps. */
const CONVERGE_MS = 240_000
const CANARY = 'canary-4f1b2c'

const seed = Number(process.env.LANDLORD_E2E_SEED ?? Date.now() % 100_000)
const random = seededRandom(seed)
const between = (least: number, most: number) => least + random() * (most - least)
const oneOf = <Item>(items: readonly [Item, ...Item[]]): Item => items[Math.floor(random() * items.length)] ?? items[0]

/** What was done, for whoever reads the output. */
const done: Record<string, number> = {}
const count = (what: string): void => {
  done[what] = (done[what] ?? 0) + 1
}

let plane: ControlPlane
const proxies: FaultProxy[] = []
afterEach(async () => {
  await plane.close()
  for (const proxy of proxies.splice(0)) await proxy.close()
})

it(`keeps every tenant through ${MINUTES} min of faults in provider, database, Restate and network (seed ${seed})`, {
  timeout: MINUTES * 60_000 + CONVERGE_MS + 120_000,
}, async () => {
  const [serverPort, workerPort] = [await getPort({ host: '127.0.0.1' }), await getPort({ host: '127.0.0.1' })]
  const [toServer, toWorker] = [await startFaultProxy(serverPort), await startFaultProxy(workerPort)]
  proxies.push(toServer, toWorker)
  plane = await startControlPlane({
    compute: { mock: { world_file: '{folder}/world.db' } },
    environment: {
      LANDLORD_SERVER_PORT: String(serverPort),
      // Client and worker reach the server, and Restate the worker, through a network that breaks.
      LANDLORD_WORKER_SERVER_URL: toServer.url,
      LANDLORD_WORKER_PORT: String(workerPort),
      LANDLORD_WORKER_ADVERTISED_URL: toWorker.url,
    },
  })
  const fleet = new ExpectedFleet(plane.client)
  const until = Date.now() + MINUTES * 60_000
  await Promise.all([
    ...Array.from({ length: TENANTS }, (_, index) => live(fleet, `acme-${index}`, until)),
    killParts(until),
    breakNetwork([toServer, toWorker], until),
    lockDatabase(join(plane.folder, 'landlord.db'), until),
  ])
  await plane.ready()
  await expectAsAsked({ plane, fleet }, CONVERGE_MS)
  expectMockWorld(plane, fleet)
  await expectSoundHistory(plane.client)
  expectSoundDatabase(join(plane.folder, 'landlord.db'))
  // The database keeps what tenants need; logs and Restate have no use for it.
  await expectNowhere([CANARY], plane.folder, (path) => path.endsWith('.log') || path.includes('/restate/'))
  expect(fleet.changes).toBeGreaterThan(TENANTS)
})

/** Created, changed, suspended, deleted and made again at moments of its own; at the end as it was last asked to be. */
async function live(fleet: ExpectedFleet, name: string, until: number): Promise<void> {
  await delay(between(0, 3000))
  await fleet.create(name, 'mock', configOf(name, 0))
  for (let round = 1; Date.now() < until; round += 1) {
    await delay(between(200, 6000))
    if (fleet.wishes.get(name)?.config === undefined) await fleet.recreate(name, 'mock', configOf(name, round))
    else if (random() < 0.15) await fleet.delete(name)
    else if (random() < 0.3) await fleet.turn(name, oneOf(TURNS))
    else await fleet.change(name, configOf(name, round))
  }
}

/** A provider that is slow, loses answers, throttles and is away, a few times for each configuration. */
function configOf(name: string, round: number) {
  const operation = oneOf(['provision', 'update', 'destroy', 'get_status'])
  const failure = {
    operation,
    times: Math.ceil(between(0, 3)),
    code: oneOf(['unavailable', 'timeout', 'throttled']),
    applied: random() < 0.5,
  }
  return {
    env: { GREETING: `${name}-${round}`, PASSWORD: `${CANARY}-${name}-${round}` },
    mock: {
      latency_ms: { default: Math.floor(between(0, 300)) },
      ready_after_ms: Math.floor(between(0, 2000)),
      gone_after_ms: Math.floor(between(0, 1000)),
      ...(random() < 0.5 ? { fail: [failure] } : {}),
    },
  }
}

async function killParts(until: number): Promise<void> {
  let engineStartedAt = Date.now()
  while (Date.now() < until) {
    await delay(between(500, 5000))
    const isEngineWell = Date.now() - engineStartedAt > ENGINE_WELL_AFTER_MS
    const part = oneOf<Part>(isEngineWell ? ['server', 'worker', 'engine'] : ['server', 'worker'])
    if (part === 'engine') engineStartedAt = Date.now()
    const isFrozen = random() < 0.3
    count(`${part} ${isFrozen ? 'frozen' : 'killed'}`)
    if (isFrozen) await plane.freeze(part, between(500, LONGEST_FAULT_MS))
    else await plane.crash(part)
  }
}

async function breakNetwork(network: readonly FaultProxy[], until: number): Promise<void> {
  while (Date.now() < until) {
    await delay(between(500, 5000))
    const proxy = network[Math.floor(random() * network.length)]
    const fault = oneOf<NetworkFault>(['refuse', 'cut', 'stall', 'slow'])
    count(`network: ${fault}`)
    proxy?.setFault(fault)
    await delay(between(200, LONGEST_FAULT_MS))
    // What stalled for so long is not believed in any more by anybody.
    proxy?.setFault('cut')
    proxy?.setFault('none')
  }
}

/** Somebody else writes to the file, e.g. a backup or a person with a shell. */
async function lockDatabase(file: string, until: number): Promise<void> {
  while (Date.now() < until) {
    await delay(between(1000, 8000))
    const database = new DatabaseSync(file, { timeout: 1000 })
    try {
      database.exec('begin immediate')
      count('database locked')
      await delay(between(100, LONGEST_FAULT_MS))
      database.exec('rollback')
    } catch (error) {
      // The server writes just now; that it is the server's turn is no fault to be made.
      if (!/locked|busy/.test(String(error))) throw error
    } finally {
      database.close()
    }
  }
}
