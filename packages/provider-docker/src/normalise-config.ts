import type { JsonObject } from '@landlord/compute-core'
import type { DockerConfig, HealthCheckConfig, PortConfig, VolumeConfig } from './docker-config.ts'

export type NormalisedPort = Required<Omit<PortConfig, 'host_port'>> & { readonly host_port?: number }

/** A configuration in the one form in which two of them can be compared: defaults filled in, sets sorted. */
export interface NormalisedConfig {
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly ports: readonly NormalisedPort[]
  readonly volumes: readonly VolumeConfig[]
  readonly network_mode: 'bridge' | 'none'
  readonly restart_policy: string
  readonly labels: Readonly<Record<string, string>>
  readonly working_dir?: string
  readonly user?: string
  readonly health_check?: HealthCheckConfig
  readonly resources: { readonly cpu?: number; readonly memory?: number; readonly pids: number }
  readonly stop_timeout_seconds: number
  readonly read_only: boolean
  readonly cap_drop: readonly string[]
  readonly cap_add: readonly string[]
  readonly extra_hosts: readonly string[]
}

const DEFAULT_PIDS = 1024
const DEFAULT_CAP_DROP = ['MKNOD', 'NET_RAW']

/** `pull_policy` and `registry_auth` are left out: they say how to get the image, not what runs. */
export function normaliseConfig(config: DockerConfig): NormalisedConfig {
  const { command, args, working_dir, user, health_check } = config
  return {
    image: normaliseImage(config.image),
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    env: config.env ?? {},
    ports: (config.ports ?? []).map(normalisePort).sort(byText),
    volumes: (config.volumes ?? []).map(normaliseVolume).sort(byText),
    network_mode: config.network_mode ?? 'bridge',
    restart_policy: config.restart_policy ?? 'unless-stopped',
    labels: config.labels ?? {},
    ...(working_dir === undefined ? {} : { working_dir }),
    ...(user === undefined ? {} : { user }),
    ...(health_check === undefined ? {} : { health_check: normaliseHealthCheck(health_check) }),
    resources: normaliseResources(config.resources),
    stop_timeout_seconds: config.stop_timeout_seconds ?? 10,
    read_only: config.read_only ?? false,
    cap_drop: normaliseCapabilities(config.cap_drop ?? DEFAULT_CAP_DROP),
    cap_add: normaliseCapabilities(config.cap_add ?? []),
    extra_hosts: [...(config.extra_hosts ?? [])].sort(),
  }
}

/** As plain JSON, for diffs and labels. */
export function toJson(config: NormalisedConfig): JsonObject {
  return JSON.parse(JSON.stringify(config)) as JsonObject
}

/** `docker.io/library/nginx` and `nginx:latest` are one image. */
export function normaliseImage(image: string): string {
  const familiar = image.replace(/^(index\.)?docker\.io\//, '').replace(/^library\//, '')
  const tagged = familiar.includes('@') || familiar.lastIndexOf(':') > familiar.lastIndexOf('/')
  return tagged ? familiar : `${familiar}:latest`
}

export function normaliseCapabilities(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.replace(/^CAP_/, '')))].sort()
}

export function normalisePort(port: PortConfig): NormalisedPort {
  return {
    container_port: port.container_port,
    protocol: port.protocol ?? 'tcp',
    host_ip: port.host_ip ?? '127.0.0.1',
    ...(port.host_port === undefined ? {} : { host_port: port.host_port }),
  }
}

function normaliseVolume(volume: VolumeConfig): VolumeConfig {
  const type = volume.type ?? 'volume'
  return {
    target: volume.target.replace(/(?<=.)\/+$/, ''),
    type,
    ...(volume.source === undefined ? {} : { source: volume.source }),
    ...(type === 'tmpfs' ? {} : { read_only: volume.read_only ?? false }),
    ...(volume.size === undefined ? {} : { size: volume.size }),
  }
}

// The engine counts in whole billionths of a core: what is finer would differ for ever.
function normaliseResources(resources: DockerConfig['resources'] = {}): NormalisedConfig['resources'] {
  const { cpu, ...rest } = resources
  return { pids: DEFAULT_PIDS, ...(cpu === undefined ? {} : { cpu: Math.round(cpu * 1e9) / 1e9 }), ...rest }
}

function normaliseHealthCheck(check: HealthCheckConfig): HealthCheckConfig {
  if (check.disabled === true) return { disabled: true }
  return {
    ...(check.command === undefined ? {} : { command: check.command }),
    interval_seconds: check.interval_seconds ?? 5,
    timeout_seconds: check.timeout_seconds ?? 5,
    retries: check.retries ?? 3,
    start_period_seconds: check.start_period_seconds ?? 0,
  }
}

function byText(left: object, right: object): number {
  const [before, after] = [JSON.stringify(left), JSON.stringify(right)]
  return before < after ? -1 : before > after ? 1 : 0
}
