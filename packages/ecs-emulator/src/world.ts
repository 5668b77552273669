import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  CreateServiceRequest,
  LoadBalancer,
  NetworkBinding,
  NetworkConfiguration,
  RegisterTaskDefinitionRequest,
  ServiceConnectConfiguration,
  ServiceRegistry,
  Tag,
} from '@aws-sdk/client-ecs'
import type { DiscoveryOperationRecord, DiscoveryServiceRecord, NamespaceRecord } from './discovery-records.ts'
import type { AccessPointRecord, FileSystemRecord } from './file-system-records.ts'
import type { ListenerRecord, LoadBalancerRecord, TargetGroupRecord } from './load-balancing-records.ts'
import type { LogGroupRecord } from './log-records.ts'
import type { TaskBehaviour } from './task-behaviour.ts'

export interface ClusterRecord {
  readonly arn: string
  readonly name: string
  status: 'ACTIVE' | 'INACTIVE'
  settings: ClusterSetting[]
  configuration?: ClusterConfiguration
  serviceConnectDefaults?: ClusterServiceConnectDefaults
  capacityProviders: string[]
  defaultCapacityProviderStrategy: CapacityProviderStrategyItem[]
}

export interface TaskDefinitionRecord {
  readonly arn: string
  readonly family: string
  readonly revision: number
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS'
  readonly registeredAt: number
  deregisteredAt?: number
  readonly definition: RegisterTaskDefinitionRequest
}

/** What a deployment launches: the part of a service whose change starts a new deployment. */
export interface LaunchSettings {
  readonly taskDefinition: string
  readonly launchType?: string
  readonly capacityProviderStrategy?: CapacityProviderStrategyItem[]
  readonly platformVersion?: string
  readonly networkConfiguration?: NetworkConfiguration
  readonly loadBalancers: LoadBalancer[]
  readonly serviceRegistries: ServiceRegistry[]
  readonly serviceConnectConfiguration?: ServiceConnectConfiguration
}

export interface DeploymentRecord {
  readonly id: string
  status: 'PRIMARY' | 'ACTIVE'
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED'
  rolloutStateReason: string
  readonly createdAt: number
  updatedAt: number
  readonly launch: LaunchSettings
  readonly revisionArn: string
  serviceDeploymentArn: string
  /** Consecutive failures; a task that settles resets them. */
  failedTasks: number
  /** No task is started before this time: the back-off after failures. */
  nextStartAt: number
  /** How many tasks a completed deployment may still have after a newer one took over; what the scheduler stops is taken off. */
  keeps?: number
  /** Whether the event that minimum and maximum percent forbid every move was written. */
  blockedReported?: boolean
}

interface ServiceEventRecord {
  readonly id: string
  readonly createdAt: number
  readonly message: string
}

export interface ServiceRecord {
  readonly arn: string
  readonly name: string
  readonly clusterArn: string
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE'
  readonly createdAt: number
  /** The request as accepted, with everything that updates changed since. */
  settings: Omit<CreateServiceRequest, 'tags'>
  /** The request as it came, to recognise a replay. */
  readonly request: string
  desiredCount: number
  deployments: DeploymentRecord[]
  /** Newest first. */
  events: ServiceEventRecord[]
  /** Tasks that have not stopped yet. */
  taskArns: string[]
  steadyReported: boolean
  /** Where a rollback goes; kept although that deployment may have drained by then. */
  lastCompleted?: DeploymentRecord
  drainingSince?: number
  inactiveSince?: number
}

export type TaskReport =
  | { readonly kind: 'attached' }
  | { readonly kind: 'pull_started' }
  | { readonly kind: 'pull_stopped' }
  | { readonly kind: 'started' }
  | { readonly kind: 'health'; readonly status: 'HEALTHY' | 'UNHEALTHY' }
  | { readonly kind: 'settled' }
  | { readonly kind: 'failed_to_start'; readonly reason: string }
  /** One container, where they are told apart; what is left out stays as it is. */
  | { readonly kind: 'container'; readonly name: string; readonly state: Partial<ContainerState> }
  /** The task's containers have ended; without a code the containers' own count. */
  | { readonly kind: 'exited'; readonly exitCode?: number; readonly reason?: string }
  | { readonly kind: 'stopped' }

/** What a runtime with real containers knows of one of them. */
export interface ContainerState {
  readonly lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED'
  readonly runtimeId: string
  readonly imageDigest: string
  readonly healthStatus: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'
  readonly exitCode: number
  readonly reason: string
  readonly networkBindings: readonly NetworkBinding[]
}

export interface TimedReport {
  readonly at: number
  readonly report: TaskReport
}

export interface TaskRecord {
  readonly arn: string
  readonly clusterArn: string
  readonly taskDefinition: string
  readonly group: string
  readonly startedBy?: string
  readonly serviceArn?: string
  readonly deploymentId?: string
  readonly launch: LaunchSettings
  readonly behaviour: TaskBehaviour
  readonly request: {
    readonly overrides?: unknown
    readonly enableExecuteCommand: boolean
  }
  readonly network?: TaskNetwork
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'DEPROVISIONING' | 'STOPPED'
  desiredStatus: 'RUNNING' | 'STOPPED'
  healthStatus: 'UNKNOWN' | 'HEALTHY' | 'UNHEALTHY'
  attached: boolean
  /** Its containers have run for long enough, and have passed their health checks. */
  containersSettled?: boolean
  /** It counts as serving: the load balancers find it healthy too. */
  settled: boolean
  /** Asked to stop, but its containers run on until the connections through the load balancers have had time to end. */
  drainingUntil?: number
  version: number
  readonly createdAt: number
  connectivityAt?: number
  pullStartedAt?: number
  pullStoppedAt?: number
  startedAt?: number
  stoppingAt?: number
  executionStoppedAt?: number
  stoppedAt?: number
  stopCode?: string
  stoppedReason?: string
  exitCode?: number
  containerReason?: string
  /** By name, where the runtime tells them apart. */
  containers?: Record<string, Partial<ContainerState>>
  /** What the runtime will report, soonest first. */
  pending: TimedReport[]
}

/** A group that was made through the API. All others that are well-formed are there too, without rules. */
export interface SecurityGroupRecord {
  readonly id: string
  readonly name: string
  readonly description: string
  tags: Record<string, string>
  /** Inbound rules, in the words of the request. */
  rules: SecurityGroupRule[]
}

export interface SecurityGroupRule {
  readonly protocol: string
  readonly fromPort?: number
  readonly toPort?: number
  readonly cidr?: string
  readonly groupId?: string
}

export interface TaskNetwork {
  readonly attachmentId: string
  readonly networkInterfaceId: string
  readonly subnetId: string
  readonly securityGroups: string[]
  readonly macAddress: string
  readonly privateIp: string
  readonly publicIp?: string
}

export interface ServiceDeploymentRecord {
  readonly arn: string
  readonly serviceArn: string
  readonly clusterArn: string
  readonly deploymentId: string
  readonly sourceRevisionArns: string[]
  readonly targetRevisionArn: string
  status:
    | 'IN_PROGRESS'
    | 'SUCCESSFUL'
    | 'STOPPED'
    | 'ROLLBACK_REQUESTED'
    | 'ROLLBACK_IN_PROGRESS'
    | 'ROLLBACK_SUCCESSFUL'
    | 'ROLLBACK_FAILED'
  statusReason?: string
  readonly createdAt: number
  updatedAt: number
  finishedAt?: number
  rollback?: { readonly reason: string; readonly startedAt: number; readonly revisionArn: string }
  breaker: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED'
  failureCount: number
}

export interface ServiceRevisionRecord {
  readonly arn: string
  readonly serviceArn: string
  readonly clusterArn: string
  readonly createdAt: number
  readonly launch: LaunchSettings
}

/** Everything that the emulated account holds, as plain JSON: it can be saved, restored, and copied for stale reads. */
export interface World {
  clusters: Record<string, ClusterRecord>
  /** Newest revision last. */
  taskDefinitions: Record<string, TaskDefinitionRecord>
  revisions: Record<string, number>
  services: Record<string, ServiceRecord>
  tasks: Record<string, TaskRecord>
  serviceDeployments: Record<string, ServiceDeploymentRecord>
  serviceRevisions: Record<string, ServiceRevisionRecord>
  tags: Record<string, Tag[]>
  /** RunTask's client tokens: `cluster token` to the request and the tasks that it started. */
  runTaskTokens: Record<string, { readonly at: number; readonly request: string; readonly taskArns: string[] }>
  addressesGiven: number
  /** CloudWatch Logs, by name. */
  logGroups: Record<string, LogGroupRecord>
  loadBalancers: Record<string, LoadBalancerRecord>
  targetGroups: Record<string, TargetGroupRecord>
  listeners: Record<string, ListenerRecord>
  namespaces: Record<string, NamespaceRecord>
  discoveryServices: Record<string, DiscoveryServiceRecord>
  discoveryOperations: Record<string, DiscoveryOperationRecord>
  /** Instances that were registered through the API: attributes by service and instance id. */
  discoveryInstances: Record<string, Record<string, Record<string, string>>>
  securityGroups: Record<string, SecurityGroupRecord>
  fileSystems: Record<string, FileSystemRecord>
  accessPoints: Record<string, AccessPointRecord>
}

export function createWorld(): World {
  return {
    clusters: {},
    taskDefinitions: {},
    revisions: {},
    services: {},
    tasks: {},
    serviceDeployments: {},
    serviceRevisions: {},
    tags: {},
    runTaskTokens: {},
    addressesGiven: 0,
    logGroups: {},
    loadBalancers: {},
    targetGroups: {},
    listeners: {},
    namespaces: {},
    discoveryServices: {},
    discoveryOperations: {},
    discoveryInstances: {},
    securityGroups: {},
    fileSystems: {},
    accessPoints: {},
  }
}
