import type { Container, ContainerDefinition, ManagedAgent, Task, TaskOverride } from '@aws-sdk/client-ecs'
import { ecsArn, lastSegment } from '../identifiers.ts'
import type { Account, Simulation } from '../simulation.ts'
import type { LaunchSettings, TaskRecord } from '../world.ts'
import { resolved } from './to-service.ts'

export function toTask(simulation: Simulation, task: TaskRecord, withTags: boolean): Task {
  const definition = simulation.world.taskDefinitions[task.taskDefinition]?.definition
  const containers = definition?.containerDefinitions ?? []
  const { launch } = task
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.taskDefinition,
    group: task.group,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: task.healthStatus,
    version: task.version,
    attachments: attachments(task),
    attributes: [{ name: 'ecs.cpu-architecture', value: 'x86_64' }],
    availabilityZone: `${simulation.account.region}a`,
    connectivity: task.attached ? 'CONNECTED' : 'DISCONNECTED',
    containers: containers.map(({ name, image }) => toContainer(simulation, task, name ?? '', image ?? '')),
    ...placed(launch),
    ...(launch.platformVersion === undefined
      ? {}
      : { platformVersion: resolved(launch.platformVersion), platformFamily: 'Linux' }),
    ...(definition?.cpu === undefined ? {} : { cpu: definition.cpu }),
    ...(definition?.memory === undefined ? {} : { memory: definition.memory }),
    enableExecuteCommand: task.request.enableExecuteCommand,
    overrides: overrides(task.request.overrides as TaskOverride | undefined, containers),
    tags: withTags ? (simulation.world.tags[task.arn] ?? []) : [],
    ...(task.startedBy === undefined ? {} : { startedBy: task.startedBy }),
    ...(task.stopCode === undefined ? {} : { stopCode: task.stopCode as NonNullable<Task['stopCode']> }),
    ...(task.stoppedReason === undefined ? {} : { stoppedReason: task.stoppedReason }),
    ...timestamps(task),
  }
}

/**
 * Under a strategy a task says which provider it runs on (documented). Invented: all go to the first one of the
 * strategy that has a weight or a base.
 */
function placed({ launchType, capacityProviderStrategy = [] }: LaunchSettings): Partial<Task> {
  const weighted = capacityProviderStrategy.find(({ weight, base }) => (weight ?? 0) > 0 || (base ?? 0) > 0)
  const capacityProviderName = (weighted ?? capacityProviderStrategy[0])?.capacityProvider
  if (capacityProviderName !== undefined) {
    return { capacityProviderName, launchType: capacityProviderName.startsWith('FARGATE') ? 'FARGATE' : 'EC2' }
  }
  return launchType === undefined ? {} : { launchType: launchType as NonNullable<Task['launchType']> }
}

/** Every container is named, overridden or not (inferred from examples in AWS's documentation). */
function overrides(given: TaskOverride | undefined, containers: readonly ContainerDefinition[]): TaskOverride {
  const ofContainers = containers.map(({ name }) => ({
    name,
    ...given?.containerOverrides?.find((override) => override.name === name),
  }))
  return { inferenceAcceleratorOverrides: [], ...given, containerOverrides: ofContainers }
}

const TIMESTAMPS = [
  'createdAt',
  'connectivityAt',
  'pullStartedAt',
  'pullStoppedAt',
  'startedAt',
  'stoppingAt',
  'executionStoppedAt',
  'stoppedAt',
] as const

function timestamps(task: TaskRecord): Partial<Task> {
  return Object.fromEntries(
    TIMESTAMPS.flatMap((key) => {
      const at = task[key]
      return at === undefined ? [] : [[key, new Date(at)]]
    }),
  )
}

function attachments({ network, attached, lastStatus }: TaskRecord): NonNullable<Task['attachments']> {
  if (network === undefined) return []
  const status = lastStatus === 'STOPPED' ? 'DELETED' : attached ? 'ATTACHED' : 'PRECREATED'
  const details = [{ name: 'subnetId', value: network.subnetId }]
  if (attached) {
    details.push(
      { name: 'networkInterfaceId', value: network.networkInterfaceId },
      { name: 'macAddress', value: network.macAddress },
      { name: 'privateIPv4Address', value: network.privateIp },
    )
  }
  return [{ id: network.attachmentId, type: 'ElasticNetworkInterface', status, details }]
}

function toContainer({ account }: Simulation, task: TaskRecord, name: string, image: string): Container {
  const id = lastSegment(task.arn)
  const { network } = task
  const real = task.containers?.[name]
  const lastStatus = real?.lastStatus ?? containerStatus(task)
  const runtimeId = task.startedAt === undefined ? undefined : `${id}-${name}`
  const known = {
    runtimeId: real?.runtimeId ?? runtimeId,
    imageDigest: real?.imageDigest,
    exitCode: real?.exitCode ?? task.exitCode,
    reason: real?.reason ?? task.containerReason,
  }
  return {
    containerArn: containerArn(account, task, name),
    taskArn: task.arn,
    name,
    image,
    lastStatus,
    healthStatus: task.containers === undefined ? task.healthStatus : (real?.healthStatus ?? 'UNKNOWN'),
    networkBindings: [...(real?.networkBindings ?? [])],
    networkInterfaces:
      network !== undefined && task.attached
        ? [{ attachmentId: network.attachmentId, privateIpv4Address: network.privateIp }]
        : [],
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    ...(task.request.enableExecuteCommand ? { managedAgents: [executeCommandAgent(task, lastStatus)] } : {}),
    cpu: '0',
  }
}

export const containerArn = (account: Account, { arn, clusterArn }: TaskRecord, name: string): string =>
  ecsArn(account, `container/${lastSegment(clusterArn)}/${lastSegment(arn)}/${name}`)

/** PENDING, RUNNING with the time of its start (both as users show them), STOPPED with its container (inferred). */
function executeCommandAgent({ startedAt }: TaskRecord, lastStatus: string): ManagedAgent {
  const started = startedAt === undefined ? {} : { lastStartedAt: new Date(startedAt) }
  return { name: 'ExecuteCommandAgent', lastStatus, ...started }
}

function containerStatus({ lastStatus }: TaskRecord): string {
  if (lastStatus === 'RUNNING' || lastStatus === 'DEACTIVATING') return 'RUNNING'
  return lastStatus === 'STOPPED' || lastStatus === 'DEPROVISIONING' ? 'STOPPED' : 'PENDING'
}
