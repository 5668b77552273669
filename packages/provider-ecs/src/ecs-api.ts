import type {
  CreateServiceCommandInput,
  Service,
  Tag,
  Task,
  TaskDefinition,
  UpdateServiceCommandInput,
} from '@aws-sdk/client-ecs'
import type { Logger } from '@landlord/compute-core'
import type { ServiceTarget } from './service-target.ts'

/**
 * Whose turn it is when requests are short: changes that somebody waits for, then looks at services that are moving, then
 * lists and explanations.
 */
export type CallPriority = 'change' | 'watch' | 'background'

export interface EcsCall {
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly priority: CallPriority
}

/** `missing`: ECS says so, which is not yet proof: reads lag behind writes for up to two minutes. */
export type ServiceReading = { readonly kind: 'found'; readonly service: Service } | { readonly kind: 'missing' }

/** The answers that a caller reacts to. Every other one is thrown as a `ComputeError`. */
export type CreateOutcome =
  | { readonly kind: 'created'; readonly service: Service }
  /** A service of that name is there, made by another request. */
  | { readonly kind: 'name_taken' }
  /** The one before is still on its way out. */
  | { readonly kind: 'draining' }

export type UpdateOutcome =
  | { readonly kind: 'updated'; readonly service: Service }
  | { readonly kind: 'not_found' }
  /** DRAINING or INACTIVE. */
  | { readonly kind: 'not_active' }

export type DeleteOutcome =
  | { readonly kind: 'deleted'; readonly service: Service }
  | { readonly kind: 'not_found' }
  /** Without force: tasks or deployments are in the way. */
  | { readonly kind: 'in_use'; readonly message: string }

/**
 * The calls of AWS that a tenant's service needs, each within the account's request rates. Throws `ComputeError`s only: a
 * throttled call waits and is made again until `signal` is aborted or its patience ends with a `ThrottledError`; a
 * connection that breaks is an `UnavailableError` or a `TimeoutError`, and the call may then have been carried out.
 */
export interface EcsApi {
  createService(target: ServiceTarget, input: CreateServiceCommandInput, call: EcsCall): Promise<CreateOutcome>
  updateService(target: ServiceTarget, input: UpdateServiceCommandInput, call: EcsCall): Promise<UpdateOutcome>
  deleteService(target: ServiceTarget, options: { readonly force: boolean }, call: EcsCall): Promise<DeleteOutcome>
  /**
   * With tags. Shares one DescribeServices with other tenants of the cluster, and an answer of the last moment. `fresh`: not
   * an answer from before this call.
   */
  describeService(target: ServiceTarget, call: EcsCall, options?: { readonly fresh?: boolean }): Promise<ServiceReading>
  tagService(target: ServiceTarget, serviceArn: string, tags: readonly Tag[], call: EcsCall): Promise<void>
  untagService(target: ServiceTarget, serviceArn: string, keys: readonly string[], call: EcsCall): Promise<void>
  /** Running tasks, or those that stopped within the last hour or so. */
  listTasks(target: ServiceTarget, desiredStatus: 'RUNNING' | 'STOPPED', call: EcsCall): Promise<readonly Task[]>
  /** Kept: a revision never changes. Throws `InvalidConfigError` when there is none. */
  describeTaskDefinition(target: ServiceTarget, taskDefinition: string, call: EcsCall): Promise<TaskDefinition>
  /** Kept for a few minutes. Subnets that there are not are absent from the answer. */
  describeSubnets(target: ServiceTarget, ids: readonly string[], call: EcsCall): Promise<readonly SubnetFacts[]>
  /** By network interface; those without a public address are absent. */
  publicAddresses(
    target: ServiceTarget,
    interfaceIds: readonly string[],
    call: EcsCall,
  ): Promise<ReadonlyMap<string, string>>
  loadBalancerAddresses(
    target: ServiceTarget,
    targetGroupArns: readonly string[],
    call: EcsCall,
  ): Promise<readonly LoadBalancerAddress[]>
  /** The DNS name of a Cloud Map registry; undefined where it has none. */
  registryName(target: ServiceTarget, registryArn: string, call: EcsCall): Promise<string | undefined>
  /** Every ACTIVE service of a cluster, with tags. */
  listServices(scope: ClusterScope, call: EcsCall): AsyncIterable<Service>
  readLogEvents(target: ServiceTarget, stream: LogStreamRef, call: EcsCall): AsyncIterable<LogEvent>
  close(): void
}

export type ClusterScope = Omit<ServiceTarget, 'serviceName'>

export interface SubnetFacts {
  readonly id: string
  readonly vpcId: string
  readonly availabilityZone: string
}

export interface LoadBalancerAddress {
  readonly targetGroupArn: string
  readonly host: string
  readonly port: number
  readonly protocol: 'http' | 'https' | 'tcp' | 'udp'
}

export interface LogStreamRef {
  readonly group: string
  readonly stream: string
  readonly region: string
  /** Milliseconds since the epoch; only later lines. */
  readonly since?: number
  /** Only so many lines, from the end. */
  readonly tail?: number
}

export interface LogEvent {
  readonly timestamp: number
  readonly message: string
}
