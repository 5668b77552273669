import type { ContainerDefinition } from '@aws-sdk/client-ecs'
import type { ContainerCreateOptions } from 'dockerode'
import { FILE_SYSTEM_PREFIX } from './mount-file-system.ts'
import type { PlannedContainer, TaskPlan } from './task-plan.ts'

export interface ContainerPlace {
  readonly labels: Record<string, string>
  /** Container whose network is shared; undefined for a network of its own. */
  readonly networkOf: string | undefined
  /** Where its ports answer. */
  readonly address: string
  /** Whether a port is published under its own number; else under the number that the definition or the engine gives. */
  readonly samePorts: boolean
  /** Engine names of the task's volumes. */
  readonly volumes: ReadonlyMap<string, string>
  readonly engineCpus: number
}

const MIB = 1024 * 1024
const NOT_COPIED = { NoCopy: true, Labels: {}, DriverConfig: { Name: 'local', Options: {} } }
const NANOSECONDS = 1e9
/** The engine keeps every line; what is shipped is kept elsewhere. */
const LOG_CONFIG = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '2' } }

/** One container of a task as the engine's API creates it. */
export function toContainerInput(
  plan: TaskPlan,
  planned: PlannedContainer,
  place: ContainerPlace,
): ContainerCreateOptions {
  const { definition } = planned
  const { entryPoint, command, user, workingDirectory, interactive, pseudoTerminal, dockerLabels } = definition
  const isSharing = place.networkOf !== undefined
  const hostname = isSharing ? undefined : sharingNetwork(plan, planned).find((each) => each.hostname)?.hostname
  const ports = publishedPorts(plan, planned)
  return {
    Image: planned.image,
    Labels: { ...dockerLabels, ...place.labels },
    Env: (definition.environment ?? []).map(({ name, value }) => `${name}=${value ?? ''}`),
    Healthcheck: healthCheck(definition),
    ...(entryPoint?.length ? { Entrypoint: entryPoint } : {}),
    ...(command?.length ? { Cmd: command } : {}),
    ...(user ? { User: user } : {}),
    ...(workingDirectory ? { WorkingDir: workingDirectory } : {}),
    ...(hostname ? { Hostname: hostname } : {}),
    OpenStdin: interactive === true,
    Tty: pseudoTerminal === true,
    ...(isSharing ? {} : { ExposedPorts: Object.fromEntries(ports.map(({ key }) => [key, {}])) }),
    HostConfig: {
      ...limits(plan, planned, place.engineCpus),
      ...network(plan, planned, place),
      ...rights(definition),
      LogConfig: LOG_CONFIG,
      RestartPolicy: { Name: 'no' },
      Mounts: (definition.mountPoints ?? []).map(({ sourceVolume = '', containerPath = '', readOnly }) => ({
        Type: 'volume' as const,
        Source: place.volumes.get(sourceVolume) ?? sourceVolume,
        Target: containerPath,
        ReadOnly: readOnly === true,
        // The engine would copy what the image has there into an empty volume; EFS does not.
        ...(place.volumes.get(sourceVolume)?.startsWith(FILE_SYSTEM_PREFIX) ? { VolumeOptions: NOT_COPIED } : {}),
      })),
    },
  }
}

function rights(definition: ContainerDefinition): ContainerCreateOptions['HostConfig'] {
  const { readonlyRootFilesystem, ulimits = [], linuxParameters } = definition
  return {
    ReadonlyRootfs: readonlyRootFilesystem === true,
    Ulimits: ulimits.map(({ name, softLimit, hardLimit }) => ({
      Name: name ?? '',
      Soft: softLimit ?? 0,
      Hard: hardLimit ?? 0,
    })),
    ...(linuxParameters?.initProcessEnabled === true ? { Init: true } : {}),
    CapDrop: linuxParameters?.capabilities?.drop ?? [],
    ...(linuxParameters?.sharedMemorySize ? { ShmSize: linuxParameters.sharedMemorySize * MIB } : {}),
    Tmpfs: Object.fromEntries(
      (linuxParameters?.tmpfs ?? []).map(({ containerPath = '', size = 0, mountOptions = [] }) => [
        containerPath,
        [`size=${size}m`, ...mountOptions].join(','),
      ]),
    ),
  }
}

/** CPU units of a container are a share, those of the task a limit (documented); a container has no more than its task. */
function limits(
  plan: TaskPlan,
  { definition }: PlannedContainer,
  engineCpus: number,
): ContainerCreateOptions['HostConfig'] {
  const memory = definition.memory ?? plan.memory
  return {
    ...(definition.cpu ? { CpuShares: Math.max(definition.cpu, 2) } : {}),
    ...(plan.cpu ? { NanoCpus: Math.round(Math.min(plan.cpu / 1024, engineCpus) * NANOSECONDS) } : {}),
    ...(memory ? { Memory: memory * MIB, MemorySwap: memory * MIB } : {}),
    ...(definition.memoryReservation ? { MemoryReservation: definition.memoryReservation * MIB } : {}),
  }
}

function network(
  plan: TaskPlan,
  planned: PlannedContainer,
  place: ContainerPlace,
): ContainerCreateOptions['HostConfig'] {
  if (place.networkOf !== undefined) return { NetworkMode: `container:${place.networkOf}` }
  if (plan.network === 'none') return { NetworkMode: 'none' }
  const sharing = sharingNetwork(plan, planned)
  const ports = publishedPorts(plan, planned).map(({ key, containerPort, hostPort }) => [
    key,
    [{ HostIp: place.address, HostPort: String(place.samePorts ? containerPort : hostPort) }],
  ])
  return {
    NetworkMode: 'bridge',
    PortBindings: Object.fromEntries(ports),
    ExtraHosts: sharing
      .flatMap(({ extraHosts = [] }) => extraHosts)
      .map(({ hostname, ipAddress }) => `${hostname}:${ipAddress}`),
    Dns: sharing.flatMap(({ dnsServers = [] }) => dnsServers),
    DnsSearch: sharing.flatMap(({ dnsSearchDomains = [] }) => dnsSearchDomains),
    Sysctls: Object.fromEntries(
      sharing
        .flatMap(({ systemControls = [] }) => systemControls)
        .map(({ namespace = '', value = '' }) => [namespace, value]),
    ),
  }
}

interface PublishedPort {
  readonly key: string
  readonly containerPort: number
  /** 0 for any. */
  readonly hostPort: number
}

/** Whose network settings are a container's to carry: its own; for the owner of a shared network those of all. */
function sharingNetwork(plan: TaskPlan, planned: PlannedContainer): ContainerDefinition[] {
  const sharing = planned.name === plan.networkOwner ? plan.containers : [planned]
  return sharing.map(({ definition }) => definition)
}

/** Of those that share its network; a container that starts before there is one to share has its own, without ports. */
function publishedPorts(plan: TaskPlan, planned: PlannedContainer): PublishedPort[] {
  if (plan.network === 'none' || (plan.networkOwner !== undefined && planned.name !== plan.networkOwner)) return []
  const mappings = sharingNetwork(plan, planned).flatMap(({ portMappings = [] }) => portMappings)
  return mappings.flatMap(({ containerPort, hostPort, protocol = 'tcp' }) =>
    containerPort === undefined
      ? []
      : [
          {
            key: `${containerPort}/${protocol}`,
            containerPort,
            hostPort: plan.network === 'bridge' ? (hostPort ?? 0) : 0,
          },
        ],
  )
}

/** Only the definition's check counts, never the image's (documented). Defaults: 30 s, 5 s, 3, none (documented). */
function healthCheck({ healthCheck: check }: ContainerDefinition): ContainerCreateOptions['Healthcheck'] {
  if (check === undefined) return { Test: ['NONE'] }
  return {
    Test: check.command ?? [],
    Interval: (check.interval ?? 30) * NANOSECONDS,
    Timeout: (check.timeout ?? 5) * NANOSECONDS,
    Retries: check.retries ?? 3,
    StartPeriod: (check.startPeriod ?? 0) * NANOSECONDS,
  }
}
