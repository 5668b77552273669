import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import { createReady, everyTenantReady } from './drive-landlord.ts'
import { measureCommits, measureRequests } from './floor.ts'
import { type LandlordProcess, startLandlord, usageOf } from './landlord-process.ts'
import { type LatencySummary, measure } from './latency.ts'
import { latencyCells, latencyTable } from './latency-table.ts'

const { values } = parseArgs({
  options: {
    fleet: { type: 'string', default: '10000' },
    samples: { type: 'string', default: '200' },
    'idle-seconds': { type: 'string', default: '15' },
  },
})
const fleet = Number(values.fleet)
const samples = Number(values.samples)
const idleSeconds = Number(values['idle-seconds'])
const ACCEPT_CONCURRENCY = 16
const TIME_TO_READY_CONCURRENCY = 1

const table = latencyTable('what')
const folder = await mkdtemp(join(tmpdir(), 'landlord-bench-'))
try {
  await run()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function run(): Promise<void> {
  row('floor: SQLite commits, full sync', await measureCommits(folder, 2_000), 'no server, one at a time')
  row('floor: bare node:http POST', await measureRequests(5_000, ACCEPT_CONCURRENCY), `${ACCEPT_CONCURRENCY} at a time`)

  const landlord = await startLandlord(folder)
  const client = createClient({ baseUrl: landlord.url })
  table.push(['landlord dev, start to ready', '', landlord.readyMs.toFixed(0), '', 'one start, new data folder'])

  await measure(20, TIME_TO_READY_CONCURRENCY, (index) => createReady(client, `warm-${index}`))
  const empty = await measure(samples, TIME_TO_READY_CONCURRENCY, (index) => createReady(client, `empty-${index}`))
  row('POST to ready, empty fleet', empty, `${samples} tenants, one after the other`)

  await fillFleet(client)

  const full = await measure(samples, TIME_TO_READY_CONCURRENCY, (index) => createReady(client, `full-${index}`))
  row(
    `POST to ready, ${fleet} ready tenants`,
    full,
    `ratio of the p50s ${(full.p50Ms / empty.p50Ms).toFixed(2)} (bound 1.2)`,
  )

  await reportIdle(landlord)
  await landlord.stop()
  console.log(
    `${availableParallelism()} cores, Node ${process.version}, mock provider; driver, server, worker and Restate share the cores\n`,
  )
  console.log(table.toString())
}

async function fillFleet(client: LandlordClient): Promise<void> {
  const begin = performance.now()
  const accepted = await measure(fleet, ACCEPT_CONCURRENCY, (index) =>
    client.createTenant({ body: { name: `fleet-${index}`, compute_provider: 'mock' } }),
  )
  row('creates accepted', accepted, `${fleet} tenants, ${ACCEPT_CONCURRENCY} at a time, worker busy meanwhile`)
  await everyTenantReady(client, fleet)
  const seconds = (performance.now() - begin) / 1000
  table.push([
    'tenants converged',
    (fleet / seconds).toFixed(0),
    '',
    '',
    `from the first POST to the last ready, ${seconds.toFixed(0)} s`,
  ])
}

async function reportIdle(landlord: LandlordProcess): Promise<void> {
  const usage = await usageOf(landlord, idleSeconds)
  for (const { name, cpuPercent, residentMiB } of usage) {
    table.push([
      `idle: ${name}`,
      '',
      '',
      '',
      `${cpuPercent.toFixed(1)} % of one core over ${idleSeconds} s, ${residentMiB.toFixed(0)} MiB resident`,
    ])
  }
}

function row(what: string, summary: LatencySummary, note: string): void {
  table.push([what, ...latencyCells(summary), note])
}
