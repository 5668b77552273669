import type { Task, TaskDefinition } from '@aws-sdk/client-ecs'
import { type AwsCalls, createAwsCalls, identityOf } from './aws-calls.ts'
import type { AwsClientFactory } from './aws-client-factory.ts'
import type { EcsApi, LoadBalancerAddress } from './ecs-api.ts'
import { createKeptAnswers, type KeptAnswers } from './kept-answers.ts'
import { listServices } from './list-services.ts'
import { readLoadBalancerAddresses } from './load-balancer-addresses.ts'
import { createNetworkFacts } from './network-facts.ts'
import { readLogEvents } from './read-log-events.ts'
import { readRegistryName } from './read-registry-name.ts'
import { readTaskDefinition } from './read-task-definition.ts'
import type { RequestRateOverrides } from './request-rates.ts'
import { createServiceReader, serviceKey } from './service-reader.ts'
import type { ServiceTarget } from './service-target.ts'
import { createTaskReader, type TaskReader } from './task-reader.ts'
import { createServiceWrites } from './write-service.ts'

export interface EcsApiSettings {
  /** Of ECS and its neighbours alike; default: AWS's own, or what `AWS_ENDPOINT_URL` says. */
  readonly endpoint_url?: string
  /** The part of the account's request rates that this process may use, above 0 and at most 1. */
  readonly request_rate_share: number
  /** Where AWS granted others than the published ones. */
  readonly request_rates?: RequestRateOverrides
  readonly status_cache_seconds: number
}

export interface EcsApiOptions {
  readonly clients: AwsClientFactory
  readonly settings: EcsApiSettings
  /** Milliseconds, for how long answers are kept; default `Date.now`. */
  readonly now?: () => number
  /** How long one call may be refused for its rate before it fails; default 5 minutes. */
  readonly patienceMs?: number
  /** How long reads wait for company where others read as well; default 150. */
  readonly batchWindowMs?: number
}

const PATIENCE_MS = 5 * 60_000
/** A tenth of the time between two looks at a service that is moving, at most. */
const BATCH_WINDOW_MS = 150
/** Load balancers and registries are moved by hand. */
const PLACES_KEPT_MS = 5 * 60_000
const MAX_KEPT_ANSWERS = 5000

/** No I/O, no client and no timer before the first call. */
export function createEcsApi(options: EcsApiOptions): EcsApi {
  const { clients, settings, now = Date.now, patienceMs = PATIENCE_MS, batchWindowMs = BATCH_WINDOW_MS } = options
  const closing = new AbortController()
  const calls = createAwsCalls({
    ...{ clients, patienceMs, rateShare: settings.request_rate_share, rateOverrides: settings.request_rates ?? {} },
    ...(settings.endpoint_url === undefined ? {} : { endpointUrl: settings.endpoint_url }),
  })
  const { signal } = closing
  const keptMs = settings.status_cache_seconds * 1000
  const services = createServiceReader({ calls, keptMs, windowMs: batchWindowMs, now, closing: signal })
  const kept = createCaches({ keptMs, now, signal })

  function touched(target: ServiceTarget): void {
    services.forget(target)
    for (const status of ['RUNNING', 'STOPPED']) kept.tasks.forget(`${serviceKey(target)} ${status}`)
  }

  return {
    ...createServiceWrites(calls, touched),
    ...createNetworkFacts({ calls, windowMs: batchWindowMs, now, closing: signal }),
    ...createKeptReads(calls, createTaskReader({ calls, windowMs: batchWindowMs, closing: signal }), kept),
    describeService: (target, call, { fresh = false } = {}) => services.read(target, call, { fresh }),
    listServices: (scope, call) => listServices(calls, scope, call),
    readLogEvents: (target, stream, call) => readLogEvents(calls, target, stream, call),
    close: () => closing.abort(new Error('The ECS provider was closed.')),
  }
}

interface Caches {
  readonly tasks: KeptAnswers<readonly Task[]>
  readonly taskDefinitions: KeptAnswers<TaskDefinition>
  readonly loadBalancers: KeptAnswers<readonly LoadBalancerAddress[]>
  readonly registries: KeptAnswers<string | undefined>
}

function createCaches(options: { keptMs: number; now: () => number; signal: AbortSignal }): Caches {
  const { keptMs, now, signal } = options
  const common = { now, signal, max: MAX_KEPT_ANSWERS }
  return {
    tasks: createKeptAnswers({ ...common, ttlMs: keptMs, what: { operation: 'ListTasks', subject: 'a service' } }),
    // A revision never changes but for being deregistered, and nobody should start from one that is.
    taskDefinitions: createKeptAnswers({
      ...{ ...common, ttlMs: PLACES_KEPT_MS },
      what: { operation: 'DescribeTaskDefinition', subject: 'a task definition' },
      isKept: ({ status }: TaskDefinition) => status !== 'INACTIVE',
    }),
    loadBalancers: createKeptAnswers({
      ...{ ...common, ttlMs: PLACES_KEPT_MS },
      what: { operation: 'DescribeTargetGroups', subject: 'the target groups' },
    }),
    registries: createKeptAnswers({
      ...{ ...common, ttlMs: PLACES_KEPT_MS },
      what: { operation: 'GetService', subject: 'a registry' },
    }),
  }
}

type KeptReads = Pick<EcsApi, 'listTasks' | 'describeTaskDefinition' | 'loadBalancerAddresses' | 'registryName'>

function createKeptReads(calls: AwsCalls, tasks: TaskReader, kept: Caches): KeptReads {
  return {
    listTasks: (target, desiredStatus, call) =>
      kept.tasks.get(`${serviceKey(target)} ${desiredStatus}`, call, (shared) =>
        tasks.list(target, desiredStatus, shared),
      ),
    describeTaskDefinition: (target, taskDefinition, call) =>
      kept.taskDefinitions.get(`${identityOf(target)} ${taskDefinition}`, call, (shared) =>
        readTaskDefinition(calls, target, taskDefinition, shared),
      ),
    async loadBalancerAddresses(target, targetGroupArns, call) {
      const arns = [...new Set(targetGroupArns)].sort()
      if (arns.length === 0) return []
      return kept.loadBalancers.get(`${identityOf(target)} ${arns.join(' ')}`, call, (shared) =>
        readLoadBalancerAddresses(calls, target, arns, shared),
      )
    },
    registryName: (target, registryArn, call) =>
      kept.registries.get(`${identityOf(target)} ${registryArn}`, call, (shared) =>
        readRegistryName(calls, target, registryArn, shared),
      ),
  }
}
