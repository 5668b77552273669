import { setTimeout as delay } from 'node:timers/promises'
import {
  type ComputeProvider,
  type OperationOptions,
  type ResourceIds,
  silentLogger,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import { createEcsProvider } from '@landlord/provider-ecs'
import pLimit, { type LimitFunction } from 'p-limit'
import type { EmulatedAccount } from './emulated-account.ts'

// What the worker does: so many changes and so many looks at a time, looks that grow from 0.2 s by half to 15 s.
const CALLS_AT_A_TIME = 64
const FIRST_LOOK_S = 0.2
const LOOK_FACTOR = 1.5
const LONGEST_LOOK_S = 15

/** What it took. */
export interface EcsRun {
  /** Emulated. */
  readonly seconds: number
  readonly polls: number
  readonly failures: number
  readonly calls: Record<string, number>
  readonly throttled: number
}

/** Tenants in one emulated account, spread over its clusters, and the provider of the one worker that looks after them. */
export interface EcsFleet {
  /** Until each is stable. */
  provision(count: number): Promise<EcsRun>
  /** One look at each that was provisioned, as the worker's in the background: the plan, then the status. */
  observe(): Promise<EcsRun>
  close(): Promise<void>
}

interface TenantRun {
  readonly polls: number
  readonly isRunning: boolean
  readonly tenant: TenantRef
}

export function createEcsFleet(account: EmulatedAccount): EcsFleet {
  process.env.AWS_ACCESS_KEY_ID = 'bench'
  process.env.AWS_SECRET_ACCESS_KEY = 'bench'
  const provider = createEcsProvider({
    installation: 'bench',
    settings: { endpoint_url: account.url, request_rates: acceleratedRates(account.speed) },
    now: () => new Date(account.now()),
  })
  const slots = { change: pLimit(CALLS_AT_A_TIME), look: pLimit(CALLS_AT_A_TIME) }
  let tenants: readonly TenantRef[] = []
  return {
    async provision(count) {
      const runs = measured(account, () =>
        Promise.all(Array.from({ length: count }, (_, index) => provisionTenant({ provider, account, slots, index }))),
      )
      tenants = (await runs).outcomes.map(({ tenant }) => tenant)
      return (await runs).run
    },
    async observe() {
      const { run } = await measured(account, () =>
        Promise.all(
          tenants.map((tenant, index) => slots.look(() => observeTenant({ provider, account, slots, index }, tenant))),
        ),
      )
      return run
    },
    close: async () => provider.close?.(),
  }
}

async function measured(account: EmulatedAccount, work: () => Promise<readonly TenantRun[]>) {
  await account.startCounting()
  const begin = account.now()
  const outcomes = await work()
  const seconds = (account.now() - begin) / 1000
  const { calls, throttled } = await account.counters()
  const run: EcsRun = {
    seconds,
    polls: outcomes.reduce((sum, { polls }) => sum + polls, 0),
    failures: outcomes.filter(({ isRunning }) => !isRunning).length,
    calls,
    throttled: Object.values(throttled).reduce((sum, count) => sum + count, 0),
  }
  return { run, outcomes }
}

interface Start {
  readonly provider: ComputeProvider
  readonly account: EmulatedAccount
  readonly slots: { readonly change: LimitFunction; readonly look: LimitFunction }
  readonly index: number
}

async function provisionTenant({ provider, account, slots, index }: Start): Promise<TenantRun> {
  const spec = specOf(account, index)
  const options = optionsOf(account, `operation-${index}`)
  const refOf = (resourceIds: ResourceIds): TenantRef => ({
    tenantId: spec.tenantId,
    providerConfig: spec.providerConfig,
    resourceIds,
  })
  let polls = 0
  let tenant = refOf({})
  try {
    tenant = refOf((await slots.change(() => provider.provision(spec, options))).resourceIds)
    for (;;) {
      await delay((Math.min(LONGEST_LOOK_S, FIRST_LOOK_S * LOOK_FACTOR ** polls) * 1000) / account.speed)
      polls += 1
      const status = await slots.look(() => provider.getStatus(tenant, options))
      tenant = refOf(status.resourceIds)
      if (status.settled) return { polls, isRunning: status.state === 'running', tenant }
    }
  } catch (error) {
    console.error(`${spec.tenantId}:`, error)
    return { polls, isRunning: false, tenant }
  }
}

async function observeTenant({ provider, account, index }: Start, tenant: TenantRef): Promise<TenantRun> {
  const options = { ...optionsOf(account, 'observation'), priority: 'background' as const }
  try {
    const plan = await provider.plan?.(tenant, specOf(account, index), options)
    const { state } = await provider.getStatus(tenant, options)
    return { polls: 1, isRunning: state === 'running' && plan?.action === 'no_changes', tenant }
  } catch (error) {
    console.error(`${tenant.tenantId}:`, error)
    return { polls: 1, isRunning: false, tenant }
  }
}

function specOf({ clusterArns, taskDefinitionArn }: EmulatedAccount, index: number): TenantComputeSpec {
  return {
    tenantId: `tenant-${index}`,
    providerType: 'ecs',
    containers: [],
    providerConfig: {
      cluster_arn: clusterArns[index % clusterArns.length] ?? '',
      task_definition_arn: taskDefinitionArn,
      subnets: ['subnet-0123456789abcdef0'],
      desired_count: 1,
    },
  }
}

function optionsOf(account: EmulatedAccount, operationId: string): OperationOptions {
  return {
    signal: new AbortController().signal,
    logger: silentLogger,
    operationId,
    generation: 1,
    now: () => new Date(account.now()),
  }
}

/** The provider's limiter counts real seconds; the emulated account's are shorter. */
function acceleratedRates(speed: number) {
  const rate = (burst: number, perSecond: number) => ({ burst, per_second: perSecond * speed })
  return {
    services_write: rate(50, 5),
    services_read: rate(100, 20),
    tasks_read: rate(100, 20),
    tags: rate(20, 10),
    task_definitions_read: rate(50, 20),
  }
}
