import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  type ComputeProvider,
  type OperationOptions,
  type ResourceIds,
  silentLogger,
  type TenantComputeSpec,
} from '@landlord/compute-core'
import { createEcsProvider } from '@landlord/provider-ecs'
import Table from 'cli-table3'
import pLimit, { type LimitFunction } from 'p-limit'
import { type EmulatedAccount, openEmulatedAccount } from './emulated-account.ts'

const { values } = parseArgs({
  options: { fleets: { type: 'string', default: '1,100,1000' }, speed: { type: 'string', default: '5' } },
})
const speed = Number(values.speed)

// What the worker does: so many changes and so many looks at a time, looks that grow from 0.2 s by half to 15 s.
const CALLS_AT_A_TIME = 64
const FIRST_LOOK_S = 0.2
const LOOK_FACTOR = 1.5
const LONGEST_LOOK_S = 15

// Documented: "Request throttling for the Amazon ECS API". Captured: a service without load balancer is stable after 29 s.
const CREATE_BURST = 50
const CREATES_PER_SECOND = 5
const STABLE_AFTER_S = 29

interface Run {
  readonly seconds: number
  readonly polls: number
  readonly failures: number
  readonly calls: Record<string, number>
  readonly throttled: number
}

const table = new Table({
  head: [
    'tenants',
    'creates',
    'describes',
    'polls',
    'other calls',
    'throttled',
    'failed',
    'time s',
    'floor s',
    'ratio',
  ],
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  style: { head: [], border: [] },
  colAligns: Array.from({ length: 10 }, () => 'right' as const),
})
for (const fleet of values.fleets.split(',').map(Number)) {
  const account = await openEmulatedAccount(speed)
  try {
    addRow(fleet, await provisionFleet(account, fleet))
  } finally {
    account.close()
  }
}
console.log(
  `Provisioned to stable on the ECS emulator with AWS's request rates, its clock ${speed} times as fast; times are emulated.\n` +
    `Floor: creates at ${CREATES_PER_SECOND}/s after a burst of ${CREATE_BURST}, then ${STABLE_AFTER_S} s until the last is stable.\n`,
)
console.log(table.toString())

async function provisionFleet(account: EmulatedAccount, fleet: number): Promise<Run> {
  process.env.AWS_ACCESS_KEY_ID = 'bench'
  process.env.AWS_SECRET_ACCESS_KEY = 'bench'
  const provider = createEcsProvider({
    installation: 'bench',
    settings: { endpoint_url: account.url, request_rates: acceleratedRates() },
    now: () => new Date(account.now()),
  })
  await account.startCounting()
  const begin = account.now()
  const slots = { change: pLimit(CALLS_AT_A_TIME), look: pLimit(CALLS_AT_A_TIME) }
  const outcomes = await Promise.all(
    Array.from({ length: fleet }, (_, index) => provisionTenant({ provider, account, slots, index })),
  )
  const seconds = (account.now() - begin) / 1000
  const { calls, throttled } = await account.counters()
  await provider.close?.()
  return {
    seconds,
    polls: outcomes.reduce((sum, { polls }) => sum + polls, 0),
    failures: outcomes.filter(({ isRunning }) => !isRunning).length,
    calls,
    throttled: Object.values(throttled).reduce((sum, count) => sum + count, 0),
  }
}

interface TenantRun {
  readonly provider: ComputeProvider
  readonly account: EmulatedAccount
  readonly slots: { readonly change: LimitFunction; readonly look: LimitFunction }
  readonly index: number
}

async function provisionTenant({ provider, account, slots, index }: TenantRun) {
  const spec: TenantComputeSpec = {
    tenantId: `tenant-${index}`,
    providerType: 'ecs',
    containers: [],
    providerConfig: {
      cluster_arn: account.clusterArn,
      task_definition_arn: account.taskDefinitionArn,
      subnets: ['subnet-0123456789abcdef0'],
      desired_count: 1,
    },
  }
  const options: OperationOptions = {
    signal: new AbortController().signal,
    logger: silentLogger,
    operationId: `operation-${index}`,
    generation: 1,
    now: () => new Date(account.now()),
  }
  let polls = 0
  try {
    let { resourceIds } = await slots.change(() => provider.provision(spec, options))
    for (;;) {
      await delay((Math.min(LONGEST_LOOK_S, FIRST_LOOK_S * LOOK_FACTOR ** polls) * 1000) / speed)
      polls += 1
      const handle: ResourceIds = resourceIds
      const tenant = { tenantId: spec.tenantId, providerConfig: spec.providerConfig, resourceIds: handle }
      const status = await slots.look(() => provider.getStatus(tenant, options))
      resourceIds = status.resourceIds
      if (status.settled) return { polls, isRunning: status.state === 'running' }
    }
  } catch (error) {
    console.error(`tenant-${index}:`, error)
    return { polls, isRunning: false }
  }
}

/** The provider's limiter counts real seconds; the emulated account's are shorter. */
function acceleratedRates() {
  const rate = (burst: number, perSecond: number) => ({ burst, per_second: perSecond * speed })
  return {
    services_write: rate(50, 5),
    services_read: rate(100, 20),
    tasks_read: rate(100, 20),
    tags: rate(20, 10),
    task_definitions_read: rate(50, 20),
  }
}

function addRow(fleet: number, { seconds, polls, failures, calls, throttled }: Run): void {
  const { CreateService = 0, DescribeServices = 0, ...others } = calls
  const floor = Math.max(0, fleet - CREATE_BURST) / CREATES_PER_SECOND + STABLE_AFTER_S
  const other = Object.values(others).reduce((sum, count) => sum + count, 0)
  table.push([
    fleet,
    CreateService,
    DescribeServices,
    polls,
    other,
    throttled,
    failures,
    seconds.toFixed(0),
    floor.toFixed(0),
    (seconds / floor).toFixed(2),
  ])
}
