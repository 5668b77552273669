import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { CloudWatchLogsClient, DescribeLogStreamsCommand, PutLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { startTestRegistry } from '@landlord/test-engine'
import Table from 'cli-table3'
import pMap from 'p-map'
import { type BackendProcess, startBackendProcess } from './backend-process.ts'
import { type CallCounter, startCallCounter } from './call-counter.ts'
import { openEmulatedAccount } from './emulated-account.ts'
import { type LatencySummary, measure } from './latency.ts'

const PS_CONTAINERS = 200
const KNOWN_CONTAINERS = 500
const CONCURRENT_RUNS = 50
const FOLLOWERS = 10
/** Looks at ECS are shared for a second; so that each `ps` pays its own. */
const PS_PAUSE_MS = 1_100
const PS_SAMPLES = 20
const LOG_GROUP = '/sockerless/containers'
const FOLLOW_SECONDS = 20
const LINES_PER_SECOND = 5

interface Bench {
  readonly backend: BackendProcess
  readonly calls: CallCounter
  readonly image: string
  /** How tasks that start from now on behave. */
  script(behaviour: object): Promise<void>
  readonly logs: CloudWatchLogsClient
}

const table = new Table({
  head: ['what', 'p50 ms', 'p99 ms', 'calls of AWS', 'note'],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
  colAligns: ['left', 'right', 'right', 'left', 'left'],
})

const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-bench-'))
const account = await openEmulatedAccount({ speed: 1 })
const calls = await startCallCounter(account.url)
const registry = await startTestRegistry()
const logs = new CloudWatchLogsClient({
  endpoint: account.url,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
})
let backend: BackendProcess | undefined
try {
  const image = await registry.publish('bench/busybox')
  await account.startCounting()
  backend = await startBackendProcess({ folder, awsUrl: calls.url, cluster: account.clusterArns[0] ?? '' })
  const bench: Bench = { backend, calls, image, script: (behaviour) => account.script(behaviour), logs }
  await backend.cli('pull', '--quiet', image)
  await measureRuns(bench)
  await measureFollowers(bench)
  await measurePs(bench)
  await measureMemory(bench)
} finally {
  await backend?.stop()
  logs.destroy()
  await registry.close()
  calls.close()
  account.close()
  await rm(folder, { recursive: true, force: true })
}
console.log(
  `${availableParallelism()} cores, Node ${process.version}; backend, emulator (tasks simulated, at AWS's pace and request rates) and driver share them\n`,
)
console.log(table.toString())

async function measureRuns({ backend, calls, image, script }: Bench): Promise<void> {
  await script({ kind: 'exit', afterSeconds: 1, exitCode: 0, logs: ['hello'] })
  const run = async (): Promise<void> => {
    const output = await backend.cli('run', '--rm', image, 'echo', 'hello')
    if (output !== 'hello\n') throw new Error(`docker run printed ${JSON.stringify(output)}`)
  }
  calls.take()
  row(
    'docker run --rm, alone',
    await measure(1, 1, run),
    calls.take(),
    'a simulated task takes 22 s to start and runs for 1 s',
  )
  const summary = await measure(CONCURRENT_RUNS, CONCURRENT_RUNS, run)
  row(`docker run --rm, ${CONCURRENT_RUNS} at once`, summary, calls.take(), 'each printed its line', CONCURRENT_RUNS)
}

async function measureFollowers({ backend, calls, image, script, logs }: Bench): Promise<void> {
  await script({ kind: 'run', logs: ['started'] })
  const id = (await backend.cli('run', '-d', image, 'sleep', 'infinity')).trim()
  const stream = await streamOf(logs)
  for (const followers of [1, FOLLOWERS]) {
    const latencies: number[] = []
    const ends = await Promise.all(Array.from({ length: followers }, () => follow(backend, id, latencies)))
    await delay(2_000)
    calls.take()
    for (let line = 0; line < FOLLOW_SECONDS * LINES_PER_SECOND; line += 1) {
      const message = `at ${performance.now()}`
      const logEvents = [{ timestamp: Date.now(), message }]
      await logs.send(new PutLogEventsCommand({ logGroupName: LOG_GROUP, logStreamName: stream, logEvents }))
      await delay(1_000 / LINES_PER_SECOND)
    }
    const made = calls.take()
    await delay(2_000)
    for (const end of ends) end()
    const sorted = latencies.toSorted((left, right) => left - right)
    const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN
    const got = `${latencies.length} of ${followers * FOLLOW_SECONDS * LINES_PER_SECOND} lines in ${FOLLOW_SECONDS} s`
    row(`docker logs -f, ${followers} of one log`, { p50Ms: at(0.5), p99Ms: at(0.99) }, made, got)
  }
  await backend.cli('rm', '-f', id)
}

/** Notes how long after it was written each line arrives. Returns how to end. */
async function follow({ docker }: BackendProcess, id: string, latencies: number[]): Promise<() => void> {
  const stream = await docker.getContainer(id).logs({ follow: true, stdout: true, stderr: true, tail: 0 })
  stream.on('data', (chunk: Buffer) => {
    for (const [, written] of String(chunk).matchAll(/at ([\d.]+)\n/g))
      latencies.push(performance.now() - Number(written))
  })
  stream.on('error', () => {})
  return () => (stream as Readable).destroy()
}

async function streamOf(logs: CloudWatchLogsClient): Promise<string> {
  const input = { logGroupName: LOG_GROUP, orderBy: 'LastEventTime' as const, descending: true, limit: 1 }
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand(input))
  return logStreams?.[0]?.logStreamName ?? ''
}

async function measurePs({ backend, calls, image, script }: Bench): Promise<void> {
  await script({ kind: 'run' })
  await fill(backend, image, PS_CONTAINERS)
  const pause = (): Promise<void> => delay(PS_PAUSE_MS)
  calls.take()
  const paused = { p50Ms: Number.NaN, p99Ms: Number.NaN }
  for (let count = 0; count < PS_SAMPLES; count += 1) await pause()
  row(`nothing, ${PS_CONTAINERS} containers run`, paused, calls.take(), `in ${(PS_SAMPLES * PS_PAUSE_MS) / 1000} s`)
  const latencies: number[] = []
  for (let count = 0; count < PS_SAMPLES; count += 1) {
    await pause()
    const begin = performance.now()
    const found = (await backend.cli('ps', '--quiet')).trim().split('\n').length
    if (found !== PS_CONTAINERS) throw new Error(`docker ps shows ${found}`)
    latencies.push(performance.now() - begin)
  }
  const sorted = latencies.toSorted((left, right) => left - right)
  const summary = { p50Ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, p99Ms: sorted.at(-1) ?? Number.NaN }
  row(`docker ps, ${PS_CONTAINERS} containers run`, summary, calls.take(), 'more than 1 s apart', PS_SAMPLES)
  const floor = await measure(PS_SAMPLES, 1, () => backend.cli('version', '--format', '{{.Client.Version}}'))
  row('floor: docker version', floor, calls.take(), 'the command line itself', PS_SAMPLES)
}

async function measureMemory({ backend, image }: Bench): Promise<void> {
  const before = await backend.residentMiB()
  await fill(backend, image, KNOWN_CONTAINERS - PS_CONTAINERS)
  await delay(5_000)
  const known = (await backend.docker.listContainers({ all: true })).length
  const note = `${before.toFixed(0)} MiB with ${PS_CONTAINERS}, ${(await backend.residentMiB()).toFixed(0)} MiB with ${known} running containers`
  table.push(['memory', '', '', '', note])
}

async function fill({ docker }: BackendProcess, image: string, count: number): Promise<void> {
  const start = async (): Promise<void> => {
    const container = await docker.createContainer({ Image: image, Cmd: ['sleep', 'infinity'] })
    await container.start()
  }
  await pMap(Array.from({ length: count }), start, { concurrency: 100 })
}

function row(
  what: string,
  { p50Ms, p99Ms }: Pick<LatencySummary, 'p50Ms' | 'p99Ms'>,
  counts: Readonly<Record<string, number>>,
  note: string,
  runs = 1,
): void {
  const shown = Object.entries(counts).map(([operation, count]) => `${operation} ${count / runs}`)
  const milliseconds = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(0))
  const each = runs === 1 ? '' : ' (each)'
  table.push([what, milliseconds(p50Ms), milliseconds(p99Ms), shown.length === 0 ? '0' : shown.join(', ') + each, note])
}
