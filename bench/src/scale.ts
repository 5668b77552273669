import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createClient, type LandlordClient, type ListTenantsQuery } from '@landlord/api-contract'
import { type BenchDatabase, DATABASES, type DatabaseKind, openBenchDatabase } from './bench-database.ts'
import { createReady, everyTenantReady } from './drive-landlord.ts'
import { type LandlordProcess, startLandlord, usageOf } from './landlord-process.ts'
import { type LatencySummary, measure } from './latency.ts'
import { latencyCells, latencyTable } from './latency-table.ts'

const { values } = parseArgs({
  options: {
    fleets: { type: 'string', default: '10000,50000' },
    databases: { type: 'string', default: DATABASES.join(',') },
    samples: { type: 'string', default: '200' },
    'observe-every': { type: 'string', default: '300' },
  },
})
const samples = Number(values.samples)
const observeEverySeconds = Number(values['observe-every'])

const CREATE_CONCURRENCY = 16
const READ_CONCURRENCY = 4
const PAGE = 50
const USAGE_SECONDS = 10
/** So many tenants share a label, for a selector that finds a page out of a large fleet. */
const TENANTS_PER_TEAM = 100

const table = latencyTable('database', 'tenants', 'what')

for (const kind of values.databases.split(',').map(databaseKind)) {
  for (const fleet of values.fleets.split(',').map(Number)) await runFleet(kind, fleet)
}
console.log(
  `${availableParallelism()} cores, Node ${process.version}, mock provider; driver, server, worker, database and Restate share the cores\n`,
)
console.log(table.toString())

async function runFleet(kind: DatabaseKind, fleet: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-scale-'))
  let database: BenchDatabase | undefined
  let landlord: LandlordProcess | undefined
  try {
    database = await openBenchDatabase(kind, folder)
    console.error(`${fleet} tenants, ${database.description}`)
    landlord = await startLandlord(folder, {
      LANDLORD_DATABASE_URL: database.url,
      LANDLORD_DRIFT_INTERVAL_SECONDS: String(observeEverySeconds),
    })
    await measureFleet(landlord, { kind, fleet })
  } finally {
    await landlord?.stop()
    await database?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

interface Fleet {
  readonly kind: DatabaseKind
  readonly fleet: number
}

async function measureFleet(landlord: LandlordProcess, run: Fleet): Promise<void> {
  const { fleet } = run
  const client = createClient({ baseUrl: landlord.url })
  await measure(20, 1, (index) => createReady(client, `warm-${index}`))
  const empty = await measure(samples, 1, (index) => createReady(client, `empty-${index}`))
  row(run, 'POST to ready, empty fleet', empty, `${samples} tenants, one after the other`)

  const created = await measure(fleet, CREATE_CONCURRENCY, (index) => createOne(client, index))
  row(run, 'create', created, `${CREATE_CONCURRENCY} at a time, worker busy meanwhile`)
  await everyTenantReady(client, fleet)

  for (const [what, read] of Object.entries(reads(client, fleet))) {
    row(run, what, await measure(samples, READ_CONCURRENCY, read), `${READ_CONCURRENCY} at a time`)
  }
  const full = await measure(samples, 1, (index) => createReady(client, `full-${index}`))
  row(
    run,
    'POST to ready, full fleet',
    full,
    `every tenant observed each ${observeEverySeconds} s; ${ratio(full, empty)}`,
  )
  for (const { name, cpuPercent, residentMiB } of await usageOf(landlord, USAGE_SECONDS)) {
    const note = `${cpuPercent.toFixed(0)} % of one core while it observes, ${residentMiB.toFixed(0)} MiB resident`
    table.push([run.kind, String(fleet), name, '', '', '', note])
  }
}

async function createOne(client: LandlordClient, index: number): Promise<void> {
  const labels = { tier: index % 10 === 0 ? 'pro' : 'free', team: `team-${Math.floor(index / TENANTS_PER_TEAM)}` }
  await client.createTenant({ body: { name: nameOf(index), compute_provider: 'mock', labels } })
}

/** Each spreads over the fleet, so that no cache serves them all. */
function reads(client: LandlordClient, fleet: number): Record<string, (index: number) => Promise<unknown>> {
  const spread = (index: number) => Math.floor(((index * 7919) % samples) * (fleet / samples))
  const list = (query: ListTenantsQuery) => client.listTenants({ query: { limit: PAGE, ...query } })
  return {
    get: (index) => client.getTenant({ params: { tenant: nameOf(spread(index)) } }),
    'list, first page': () => list({}),
    'list by offset': (index) => list({ offset: spread(index) }),
    'list by a rare label': (index) =>
      list({ label_selector: `team=team-${Math.floor(spread(index) / TENANTS_PER_TEAM)}` }),
    'list by a common label': () => list({ label_selector: 'tier=pro' }),
    'list by part of the name': (index) => list({ q: `-${spread(index)}` }),
  }
}

function nameOf(index: number): string {
  return `fleet-${index}`
}

function ratio(full: LatencySummary, empty: LatencySummary): string {
  return `ratio of the p50s ${(full.p50Ms / empty.p50Ms).toFixed(2)} (bound 1.2)`
}

function row({ kind, fleet }: Fleet, what: string, summary: LatencySummary, note: string): void {
  table.push([kind, String(fleet), what, ...latencyCells(summary), note])
}

function databaseKind(name: string): DatabaseKind {
  const kind = DATABASES.find((known) => known === name)
  if (kind === undefined) throw new TypeError(`--databases: "${name}" is none of ${DATABASES.join(', ')}`)
  return kind
}
