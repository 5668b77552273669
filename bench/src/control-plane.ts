import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createClient, type LandlordClient } from '@landlord/api-contract'
import Table from 'cli-table3'
import pidusage from 'pidusage'
import { measureCommits, measureRequests } from './floor.ts'
import { childProcesses, type LandlordProcess, startLandlord } from './landlord-process.ts'
import { type LatencySummary, measure } from './latency.ts'

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

const table = new Table({
  head: ['what', 'per second', 'p50 ms', 'p99 ms', 'note'],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
  colAligns: ['left', 'right', 'right', 'right', 'left'],
})
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
  await everyTenantReady(client)
  const seconds = (performance.now() - begin) / 1000
  table.push([
    'tenants converged',
    (fleet / seconds).toFixed(0),
    '',
    '',
    `from the first POST to the last ready, ${seconds.toFixed(0)} s`,
  ])
}

async function everyTenantReady(client: LandlordClient): Promise<void> {
  for (;;) {
    const [all, ready] = await Promise.all([
      client.listTenants({ query: { limit: 1 } }),
      client.listTenants({ query: { limit: 1, status: 'ready' } }),
    ])
    process.stderr.write(`\r${ready.body.total} of ${all.body.total} ready`)
    if (all.body.total === ready.body.total) return void process.stderr.write('\n')
    await delay(500)
  }
}

async function createReady(client: LandlordClient, name: string): Promise<void> {
  await client.createTenant({ body: { name, compute_provider: 'mock' } })
  const { body } = await client.waitForTenant({ params: { tenant: name }, query: { until: 'settled' } })
  if (body.status !== 'ready') throw new Error(`${name} is ${body.status}: ${body.failure?.message ?? ''}`)
}

async function reportIdle(landlord: LandlordProcess): Promise<void> {
  const processes = [
    { pid: landlord.pid, name: 'landlord dev (server + worker)' },
    ...(await childProcesses(landlord.pid)),
  ]
  const pids = processes.map(({ pid }) => pid)
  await pidusage(pids)
  await delay(idleSeconds * 1000)
  const usage = await pidusage(pids)
  for (const { pid, name } of processes) {
    const { cpu = 0, memory = 0 } = usage[pid] ?? {}
    const megabytes = (memory / 1024 / 1024).toFixed(0)
    table.push([
      `idle: ${name}`,
      '',
      '',
      '',
      `${cpu.toFixed(1)} % of one core over ${idleSeconds} s, ${megabytes} MiB resident`,
    ])
  }
}

function row(what: string, { perSecond, p50Ms, p99Ms }: LatencySummary, note: string): void {
  table.push([what, perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1), note])
}
