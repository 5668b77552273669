import { randomUUID } from 'node:crypto'
import {
  CreateClusterCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs'
import {
  type ComputeProvider,
  type ComputeStatus,
  type JsonObject,
  type OperationOptions,
  silentLogger,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import {
  createManualClock,
  type EcsEmulatorSettings,
  type RunningEcsEmulator,
  startEcsEmulator,
} from '@landlord/ecs-emulator'
import { createEcsProvider, type EcsProviderOptions } from '../ecs-provider.ts'

export const CREDENTIALS = { accessKeyId: 'AKIAEMULATOR', secretAccessKey: 'emulator' }

/** Rates that no test reaches: the emulated clock runs faster than the limiter's. */
const UNLIMITED = { burst: 100_000, per_second: 100_000 }
const REQUEST_RATES: JsonObject = Object.fromEntries(
  ['services_write', 'services_read', 'tasks_read', 'tags', 'task_definitions_read'].map((bucket) => [
    bucket,
    { ...UNLIMITED },
  ]),
)

export interface Fleet {
  readonly emulator: RunningEcsEmulator
  readonly ecs: ECSClient
  readonly clusterArn: string
  /** Task definitions `web:1` and `web:2`. */
  readonly web: readonly [string, string]
  config(more?: JsonObject): JsonObject
  provider(options?: Partial<EcsProviderOptions>): ComputeProvider
  register(more?: Partial<RegisterTaskDefinitionCommandInput>): Promise<string>
  /** The live service, whatever its status; undefined when there is none. */
  service(name: string, cluster?: string): Promise<Service | undefined>
  /** Those that run. */
  tasks(serviceName: string): Promise<readonly Task[]>
  /** Calls that change something. */
  writes(): number
  close(): Promise<void>
}

const WRITES = ['CreateService', 'UpdateService', 'DeleteService', 'TagResource', 'UntagResource']

const DEFINITION = {
  family: 'web',
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  cpu: '256',
  memory: '512',
  containerDefinitions: [
    {
      name: 'app',
      image: 'shop:1',
      portMappings: [{ containerPort: 8080, name: 'web', appProtocol: 'http' as const }],
    },
  ],
}

/** An emulator with a cluster, two task definitions, and providers that tell the time by its clock. */
export async function startFleet(settings: EcsEmulatorSettings = {}): Promise<Fleet> {
  const emulator = await startEcsEmulator(settings)
  const ecs = new ECSClient({ endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS })
  const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: 'fleet' }))
  const clusterArn = cluster?.clusterArn ?? ''
  const providers: ComputeProvider[] = []
  const register: Fleet['register'] = async (more = {}) => {
    const { taskDefinition } = await ecs.send(new RegisterTaskDefinitionCommand({ ...DEFINITION, ...more }))
    return taskDefinition?.taskDefinitionArn ?? ''
  }
  const web = [await register(), await register({ cpu: '512', memory: '1024' })] as const
  return {
    emulator,
    ecs,
    clusterArn,
    web,
    register,
    config: (more = {}) => ({
      cluster_arn: clusterArn,
      task_definition_arn: web[0],
      subnets: ['subnet-0a1b2c3d'],
      ...more,
    }),
    provider(options = {}) {
      const provider = createEcsProvider({
        installation: 'test',
        ...(options.clients === undefined ? { credentials: CREDENTIALS } : {}),
        now: () => new Date(emulator.control.now()),
        ...options,
        settings: {
          endpoint_url: emulator.url,
          cluster_arn: clusterArn,
          request_rates: REQUEST_RATES,
          status_cache_seconds: 0,
          ...options.settings,
        },
      })
      providers.push(provider)
      return provider
    },
    async service(name, on = clusterArn) {
      const { services } = await ecs.send(
        new DescribeServicesCommand({ cluster: on, services: [name], include: ['TAGS'] }),
      )
      return services?.[0]
    },
    async tasks(serviceName) {
      const { taskArns: tasks = [] } = await ecs.send(new ListTasksCommand({ cluster: clusterArn, serviceName }))
      if (tasks.length === 0) return []
      return (await ecs.send(new DescribeTasksCommand({ cluster: clusterArn, tasks }))).tasks ?? []
    },
    writes() {
      const { calls } = emulator.control.counters()
      return WRITES.reduce((sum, operation) => sum + (calls[operation] ?? 0), 0)
    },
    async close() {
      await Promise.all(providers.map((provider) => provider.close?.()))
      ecs.destroy()
      await emulator.close()
    },
  }
}

/** One tenant as the control plane drives it: every handle is saved and comes back with the next call. */
export interface Tenant {
  readonly spec: TenantComputeSpec
  readonly ref: () => TenantRef
  readonly serviceName: string
  provision(overrides?: Partial<OperationOptions>): ReturnType<ComputeProvider['provision']>
  update(
    change: Partial<TenantComputeSpec>,
    overrides?: Partial<OperationOptions>,
  ): ReturnType<ComputeProvider['update']>
  status(): Promise<ComputeStatus>
  destroy(): ReturnType<ComputeProvider['destroy']>
  /** Lets time pass until `done`; throws with the last status after an hour of it. */
  until(done: (status: ComputeStatus) => boolean): Promise<ComputeStatus>
  settle(): Promise<ComputeStatus>
  gone(): Promise<void>
}

export interface TimedFleet extends Fleet {
  /** Moves the emulated clock on, by seconds. */
  pass(seconds: number): void
  tenant(options?: { provider?: ComputeProvider; config?: JsonObject; spec?: Partial<TenantComputeSpec> }): Tenant
}

/** A fleet whose clock stands still until a test moves it. */
export async function startTimedFleet(): Promise<TimedFleet> {
  const clock = createManualClock()
  const fleet = await startFleet({ clock })
  const pass = (seconds: number) => clock.advance(seconds * 1000)
  return {
    ...fleet,
    pass,
    tenant: ({ provider = fleet.provider(), config = fleet.config(), spec = {} } = {}) =>
      createTenant({ provider, pass, spec: { ...newSpec(config), ...spec } }),
  }
}

function newSpec(providerConfig: JsonObject): TenantComputeSpec {
  return { tenantId: `t-${randomUUID().slice(0, 8)}`, providerType: 'ecs', containers: [], providerConfig }
}

export function operation(overrides: Partial<OperationOptions> = {}): OperationOptions {
  return {
    signal: new AbortController().signal,
    logger: silentLogger,
    operationId: randomUUID(),
    generation: 1,
    ...overrides,
  }
}

const STEP_SECONDS = 10
const MAX_STEPS = 360

function createTenant(options: {
  provider: ComputeProvider
  pass: (seconds: number) => void
  spec: TenantComputeSpec
}): Tenant {
  const { provider, pass } = options
  let { spec } = options
  let resourceIds: TenantRef['resourceIds'] = {}
  const ref = (): TenantRef => ({ tenantId: spec.tenantId, providerConfig: spec.providerConfig, resourceIds })
  async function saved<Result extends { resourceIds: TenantRef['resourceIds'] }>(
    result: Promise<Result>,
  ): Promise<Result> {
    const answer = await result
    resourceIds = answer.resourceIds
    return answer
  }
  const tenant: Tenant = {
    spec,
    ref,
    serviceName: `landlord-tenant-${spec.tenantId}`,
    provision: (overrides) => saved(provider.provision(spec, operation(overrides))),
    async update(change, overrides) {
      const next = { ...spec, ...change }
      const result = await saved(provider.update(ref(), next, operation({ generation: 2, ...overrides })))
      spec = next
      return result
    },
    status: () => saved(provider.getStatus(ref(), operation())),
    destroy: () => saved(provider.destroy(ref(), operation())),
    async until(done) {
      for (let step = 0; ; step++) {
        const status = await tenant.status()
        if (done(status)) return status
        if (step >= MAX_STEPS) throw new Error(`not within an hour; last: ${JSON.stringify(status)}`)
        pass(STEP_SECONDS)
      }
    },
    settle: () => tenant.until(({ settled }) => settled),
    async gone() {
      for (let step = 0; (await tenant.destroy()).status !== 'destroyed'; step++) {
        if (step >= MAX_STEPS) throw new Error('not destroyed within an hour')
        pass(STEP_SECONDS)
      }
    },
  }
  return tenant
}
