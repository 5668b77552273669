import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { createReady, everyTenantReady } from './drive-landlord.ts'
import { type LandlordProcess, startLandlord, usageOf } from './landlord-process.ts'
import { measure } from './latency.ts'
import { latencyTable } from './latency-table.ts'

const { values } = parseArgs({
  options: {
    fleet: { type: 'string', default: '2000' },
    samples: { type: 'string', default: '400' },
    'observe-every': { type: 'string', default: '60' },
  },
})
const fleet = Number(values.fleet)
const samples = Number(values.samples)
const observeEverySeconds = Number(values['observe-every'])

const CREATE_CONCURRENCY = 16
const USAGE_SECONDS = 10
const LOOK_MS = 1_000

const folder = await mkdtemp(join(tmpdir(), 'landlord-drift-bench-'))
const landlords: LandlordProcess[] = []
try {
  const observed = await startFleet('observed', 'true')
  const alone = await startFleet('alone', 'false')
  await everyTenantSeen(createClient({ baseUrl: observed.url }))
  await report(observed, alone)
} finally {
  for (const landlord of landlords) await landlord.stop()
  await rm(folder, { recursive: true, force: true })
}

async function startFleet(name: string, isObserved: 'true' | 'false'): Promise<LandlordProcess> {
  const home = join(folder, name)
  await mkdir(home)
  const landlord = await startLandlord(home, {
    LANDLORD_DRIFT_ENABLED: isObserved,
    LANDLORD_DRIFT_INTERVAL_SECONDS: String(observeEverySeconds),
  })
  landlords.push(landlord)
  const client = createClient({ baseUrl: landlord.url })
  await measure(fleet, CREATE_CONCURRENCY, (index) =>
    client.createTenant({ body: { name: `fleet-${index}`, compute_provider: 'mock' } }),
  )
  await everyTenantReady(client, fleet)
  return landlord
}

/** The first looks at a fleet come within one and a half intervals; before that there is nothing to measure. */
async function everyTenantSeen(client: LandlordClient): Promise<void> {
  for (;;) {
    const { observed, never_observed: left } = (await client.getDrift({ query: { limit: 1 } })).body
    process.stderr.write(`\r${observed - left} of ${observed} seen`)
    if (left === 0 && observed > 0) return void process.stderr.write('\n')
    await delay(LOOK_MS)
  }
}

/** One tenant here, one there, and so on: what else the machine does meets both alike. */
async function report(observed: LandlordProcess, alone: LandlordProcess): Promise<void> {
  const clients = [observed, alone].map(({ url }) => createClient({ baseUrl: url }))
  const times: number[][] = [[], []]
  const looksBefore = await looksOf(observed.url)
  const begin = performance.now()
  for (let index = 0; index < samples; index += 1) {
    for (const [side, client] of clients.entries()) {
      const start = performance.now()
      await createReady(client, `sample-${index}`)
      times[side]?.push(performance.now() - start)
    }
  }
  const seconds = (performance.now() - begin) / 1000
  const looks = ((await looksOf(observed.url)) - looksBefore) / seconds
  const [on = [], off = []] = times
  const table = latencyTable('observation')
  table.push([
    `every ${observeEverySeconds} s`,
    ...cells(on),
    `${looks.toFixed(0)} looks a second; ${await restOf(observed)}`,
  ])
  table.push(['off', ...cells(off), await restOf(alone)])
  console.log(
    `${availableParallelism()} cores, Node ${process.version}, mock provider; POST to ready beside ${fleet} ready tenants, in turns with an installation that is not observed\n`,
  )
  console.log(table.toString())
  console.log(`ratio of the p50s ${(percentile(on, 0.5) / percentile(off, 0.5)).toFixed(2)} (bound 1.2)`)
}

function cells(times: readonly number[]): string[] {
  const perSecond = (1000 * times.length) / times.reduce((sum, time) => sum + time, 0)
  return [perSecond.toFixed(0), percentile(times, 0.5).toFixed(1), percentile(times, 0.99).toFixed(1)]
}

function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

async function restOf(landlord: LandlordProcess): Promise<string> {
  const usage = await usageOf(landlord, USAGE_SECONDS)
  return `at rest ${usage.map(({ name, cpuPercent }) => `${name} ${cpuPercent.toFixed(0)} %`).join(', ')} of one core`
}

async function looksOf(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return [...metrics.matchAll(/^landlord_observations_total\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0)
}
