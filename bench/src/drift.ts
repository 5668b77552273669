import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { createReady, everyTenantReady } from './drive-landlord.ts'
import { startLandlord } from './landlord-process.ts'
import { type LatencySummary, measure } from './latency.ts'
import { latencyCells, latencyTable } from './latency-table.ts'

const { values } = parseArgs({
  options: {
    fleet: { type: 'string', default: '2000' },
    samples: { type: 'string', default: '60' },
    'observe-every': { type: 'string', default: '60' },
    rounds: { type: 'string', default: '7' },
  },
})
const fleet = Number(values.fleet)
const samples = Number(values.samples)
const observeEverySeconds = Number(values['observe-every'])
const rounds = Number(values.rounds)

const CREATE_CONCURRENCY = 16
const WARM_UP = 20
const LOOK_MS = 1_000
/** Those of the last turn, made a moment ago, may wait. */
const SHARE_LEFT = 10

const table = latencyTable('observation')
const folder = await mkdtemp(join(tmpdir(), 'landlord-drift-bench-'))
try {
  await fill()
  const off: number[] = []
  const on: number[] = []
  // In many short turns, on the same fleet: what else the machine does meets both.
  for (let round = 0; round < rounds; round += 1) {
    off.push((await run(false, `off-${round}`)).p50Ms)
    on.push((await run(true, `on-${round}`)).p50Ms)
  }
  console.log(
    `${availableParallelism()} cores, Node ${process.version}, mock provider; POST to ready, one tenant after the other, beside ${fleet} ready tenants\n`,
  )
  console.log(table.toString())
  const quietest = (Math.min(...on) / Math.min(...off)).toFixed(2)
  console.log(
    `on to off: ratio of the medians of the p50s ${(median(on) / median(off)).toFixed(2)} (bound 1.2), of the quietest rounds ${quietest}`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function fill(): Promise<void> {
  const landlord = await startLandlord(folder, { LANDLORD_DRIFT_ENABLED: 'false' })
  const client = createClient({ baseUrl: landlord.url })
  await measure(fleet, CREATE_CONCURRENCY, (index) =>
    client.createTenant({ body: { name: `fleet-${index}`, compute_provider: 'mock' } }),
  )
  await everyTenantReady(client, fleet)
  await landlord.stop()
}

/** Time to ready in a fleet that is, or is not, looked at meanwhile. */
async function run(isObserved: boolean, prefix: string): Promise<LatencySummary> {
  const landlord = await startLandlord(folder, {
    LANDLORD_DRIFT_ENABLED: String(isObserved),
    LANDLORD_DRIFT_INTERVAL_SECONDS: String(observeEverySeconds),
  })
  try {
    const client = createClient({ baseUrl: landlord.url })
    if (isObserved) await everyTenantSeen(client)
    await measure(WARM_UP, 1, (index) => createReady(client, `${prefix}-warm-${index}`))
    const looksBefore = await looksOf(landlord.url)
    const begin = performance.now()
    const summary = await measure(samples, 1, (index) => createReady(client, `${prefix}-${index}`))
    const looks = ((await looksOf(landlord.url)) - looksBefore) / ((performance.now() - begin) / 1000)
    table.push([
      isObserved ? `every ${observeEverySeconds} s` : 'off',
      ...latencyCells(summary),
      `${looks.toFixed(0)} looks a second`,
    ])
    await assertNoDrift(client)
    return summary
  } finally {
    await landlord.stop()
  }
}

/** The first looks at a fleet come within one and a half intervals; before that there is nothing to measure. */
async function everyTenantSeen(client: LandlordClient): Promise<void> {
  for (;;) {
    const { observed, never_observed: left } = (await client.getDrift({ query: { limit: 1 } })).body
    process.stderr.write(`\r${observed - left} of ${observed} seen`)
    if (left < observed / SHARE_LEFT) return void process.stderr.write('\n')
    await delay(LOOK_MS)
  }
}

async function looksOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return [...metrics.matchAll(/^landlord_observations_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
}

async function assertNoDrift(client: LandlordClient): Promise<void> {
  const { drifted } = (await client.getDrift({ query: { limit: 1 } })).body
  if (drifted > 0) throw new Error(`${drifted} tenants differ from what they should be`)
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((left, right) => left - right)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
