import { fingerprintsOf } from '@landlord/compute-core'
import type { ContainerCreateOptions, MountSettings } from 'dockerode'
import { CONTAINER_LABELS } from './container-labels.ts'
import type { DesiredState } from './desired-state.ts'
import type { HealthCheckConfig, VolumeConfig } from './docker-config.ts'
import { type NormalisedConfig, type NormalisedPort, toJson } from './normalise-config.ts'

const MIB = 1024 * 1024
const NANOSECONDS = 1_000_000_000
// Logs that never rotate fill the host's disk: at most 3 files of 10 MB for each container.
const LOG_ROTATION = { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } }
const FIRST_API_WITH_START_INTERVAL = 44
const START_INTERVAL_SECONDS = 1

export interface CreateContainerFacts {
  readonly desired: DesiredState
  readonly marks: Readonly<Record<string, string>>
  /** The id of the container to be replaced. */
  readonly replaces?: string
  /** `none`, or the network's id; an alias only on a network that knows them. */
  readonly network: { readonly id: string; readonly alias?: string }
  readonly volumeName: (source: string) => string
  readonly apiVersion: readonly [number, number]
  /** False: the engine has no host, and refuses what is about one. */
  readonly hostOptions: boolean
}

/** The body of the engine's "create a container". */
export function toCreateContainerInput(facts: CreateContainerFacts): ContainerCreateOptions {
  const { network } = facts
  const { config, secrets = {} } = facts.desired
  return {
    Image: config.image,
    Env: [
      ...Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
      ...Object.entries(secrets).map(([name, secret]) => `${name}=${secret.reveal()}`),
    ],
    ...(config.command === undefined ? {} : { Entrypoint: [...config.command] }),
    ...(config.args === undefined ? {} : { Cmd: [...config.args] }),
    ...(config.working_dir === undefined ? {} : { WorkingDir: config.working_dir }),
    ...(config.user === undefined ? {} : { User: config.user }),
    ...(config.health_check === undefined ? {} : { Healthcheck: toHealthcheck(config.health_check, facts.apiVersion) }),
    Labels: toLabels(facts),
    StopTimeout: config.stop_timeout_seconds,
    ExposedPorts: Object.fromEntries(config.ports.map((port) => [portKey(port), {}])),
    HostConfig: toHostConfig(facts),
    ...(network.alias === undefined
      ? {}
      : { NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: [network.alias] } } } }),
  }
}

/** `80/tcp`, as the engine names a port. */
export function portKey(port: Pick<NormalisedPort, 'container_port' | 'protocol'>): string {
  return `${port.container_port}/${port.protocol === 'udp' ? 'udp' : 'tcp'}`
}

function toLabels(facts: CreateContainerFacts): Record<string, string> {
  const { desired } = facts
  return {
    // The tenant's own labels are below the configuration's, and part of no diff.
    ...desired.tenantLabels,
    ...desired.config.labels,
    [CONTAINER_LABELS.config]: toConfigLabel(desired.config),
    [CONTAINER_LABELS.secrets]: JSON.stringify(fingerprintsOf(desired.secrets ?? {})),
    [CONTAINER_LABELS.replaces]: facts.replaces ?? '',
    [CONTAINER_LABELS.operation]: desired.operationId,
    [CONTAINER_LABELS.generation]: String(desired.generation),
    [CONTAINER_LABELS.restartToken]: desired.restartToken ?? '',
    [CONTAINER_LABELS.suspended]: String(desired.suspended),
    [CONTAINER_LABELS.hostOptions]: String(facts.hostOptions),
    ...facts.marks,
  }
}

/** Without the values of the environment variables: labels can be read by anybody who reaches the engine. */
export function toConfigLabel(config: NormalisedConfig): string {
  const names = Object.keys(config.env).map((name) => [name, ''])
  return JSON.stringify({ ...toJson(config), env: Object.fromEntries(names) })
}

function toHostConfig({
  desired,
  network,
  volumeName,
  hostOptions,
}: CreateContainerFacts): ContainerCreateOptions['HostConfig'] {
  const { config } = desired
  return {
    NetworkMode: network.id,
    PortBindings: toPortBindings(config.ports, hostOptions),
    Mounts: config.volumes.map((volume) => toMount(volume, volumeName)),
    ReadonlyRootfs: config.read_only,
    CapDrop: [...config.cap_drop],
    CapAdd: [...config.cap_add],
    ExtraHosts: [...config.extra_hosts],
    ...(hostOptions ? { SecurityOpt: ['no-new-privileges:true'], LogConfig: LOG_ROTATION } : {}),
    // An init process reaps zombies and passes signals on, so that a shell as the main process stops at once.
    Init: true,
    RestartPolicy: toRestartPolicy(config.restart_policy),
    ...toResourceLimits(config.resources, hostOptions),
  }
}

/** What "create" and "update" of a container share. Without `MemorySwap` an update above the stored swap is refused. */
export function toResourceLimits(
  resources: NormalisedConfig['resources'],
  hostOptions: boolean,
): {
  NanoCpus?: number
  Memory?: number
  MemorySwap?: number
  PidsLimit?: number
} {
  const { cpu, memory, pids } = resources
  return {
    ...(cpu === undefined ? {} : { NanoCpus: Math.round(cpu * NANOSECONDS) }),
    ...(memory === undefined ? {} : { Memory: memory * MIB, MemorySwap: memory * MIB }),
    ...(hostOptions ? { PidsLimit: pids } : {}),
  }
}

export function toRestartPolicy(policy: string): { Name: string; MaximumRetryCount: number } {
  const [name = 'no', tries] = policy.split(':')
  return { Name: name, MaximumRetryCount: Number(tries ?? 0) }
}

function toPortBindings(
  ports: readonly NormalisedPort[],
  hostOptions: boolean,
): Record<string, { HostIp: string; HostPort: string }[]> {
  const bindings: Record<string, { HostIp: string; HostPort: string }[]> = {}
  for (const port of ports) {
    const key = portKey(port)
    bindings[key] = [
      ...(bindings[key] ?? []),
      { HostIp: hostOptions ? port.host_ip : '', HostPort: String(port.host_port ?? '') },
    ]
  }
  return bindings
}

function toMount(volume: VolumeConfig, volumeName: (source: string) => string): MountSettings {
  const { type = 'volume', source = '', target, read_only, size } = volume
  if (type === 'tmpfs') {
    const limit = size === undefined ? {} : { TmpfsOptions: { SizeBytes: size * MIB, Mode: 0o1777 } }
    return { Type: 'tmpfs', Source: '', Target: target, ...limit }
  }
  const from = type === 'bind' ? source : volumeName(source)
  return { Type: type, Source: from, Target: target, ReadOnly: read_only ?? false }
}

function toHealthcheck(
  check: HealthCheckConfig,
  [, minor]: readonly [number, number],
): ContainerCreateOptions['Healthcheck'] {
  if (check.disabled === true) return { Test: ['NONE'] }
  const nanoseconds = (seconds: number | undefined) => (seconds ?? 0) * NANOSECONDS
  const startInterval = minor >= FIRST_API_WITH_START_INTERVAL && (check.start_period_seconds ?? 0) > 0
  return {
    ...(check.command === undefined ? {} : { Test: ['CMD', ...check.command] }),
    Interval: nanoseconds(check.interval_seconds),
    Timeout: nanoseconds(check.timeout_seconds),
    Retries: check.retries ?? 0,
    StartPeriod: nanoseconds(check.start_period_seconds),
    ...(startInterval ? { StartInterval: nanoseconds(START_INTERVAL_SECONDS) } : {}),
  }
}
