import { badRequest, type DockerError, notOnEcs } from '../../errors/docker-error.ts'
import type { DockerCreateBody } from '../../store/records.ts'
import { type HostConfig, hostConfigOf, isAsked } from './host-config.ts'

/** Options of `HostConfig` that Fargate has nothing for, as the docker command line calls them, and why. */
const HOST_OPTIONS: Readonly<Record<string, readonly [flag: string, why: string]>> = {
  Privileged: ['--privileged', 'Fargate shares its hosts and lets no container out of its sandbox'],
  Devices: ['--device', 'Fargate gives no devices to containers'],
  DeviceRequests: ['--gpus', 'Fargate has no GPUs'],
  DeviceCgroupRules: ['--device-cgroup-rule', 'Fargate gives no devices to containers'],
  PidMode: ['--pid', 'a container is a task of its own'],
  UTSMode: ['--uts', 'a container is a task of its own'],
  UsernsMode: ['--userns', 'Fargate decides it'],
  CgroupParent: ['--cgroup-parent', 'Fargate decides it'],
  VolumesFrom: ['--volumes-from', 'name the volumes instead'],
  VolumeDriver: ['--volume-driver', 'volumes are EFS access points'],
  Links: ['--link', 'put both containers into one network'],
  ExtraHosts: ['--add-host', 'ECS does not allow it with awsvpc networking'],
  Dns: ['--dns', 'ECS does not allow it with awsvpc networking'],
  DnsSearch: ['--dns-search', 'ECS does not allow it with awsvpc networking'],
  DnsOptions: ['--dns-option', 'ECS does not allow it with awsvpc networking'],
  GroupAdd: ['--group-add', 'a task definition has no place for it'],
  SecurityOpt: ['--security-opt', 'Fargate decides it'],
  CpuShares: ['--cpu-shares', 'a container has its task, and all of its CPU, alone; use --cpus'],
  CpuPeriod: ['--cpu-period', 'use --cpus'],
  CpuQuota: ['--cpu-quota', 'use --cpus'],
  CpuRealtimePeriod: ['--cpu-rt-period', 'Fargate decides it'],
  CpuRealtimeRuntime: ['--cpu-rt-runtime', 'Fargate decides it'],
  CpusetCpus: ['--cpuset-cpus', 'Fargate decides it'],
  CpusetMems: ['--cpuset-mems', 'Fargate decides it'],
  BlkioWeight: ['--blkio-weight', 'Fargate decides it'],
  BlkioWeightDevice: ['--blkio-weight-device', 'Fargate decides it'],
  BlkioDeviceReadBps: ['--device-read-bps', 'Fargate decides it'],
  BlkioDeviceWriteBps: ['--device-write-bps', 'Fargate decides it'],
  BlkioDeviceReadIOps: ['--device-read-iops', 'Fargate decides it'],
  BlkioDeviceWriteIOps: ['--device-write-iops', 'Fargate decides it'],
  KernelMemory: ['--kernel-memory', 'Fargate decides it'],
  OomKillDisable: ['--oom-kill-disable', 'Fargate decides it'],
  OomScoreAdj: ['--oom-score-adj', 'Fargate decides it'],
  ShmSize: ['--shm-size', 'Fargate decides it'],
  Annotations: ['--annotation', 'use --label'],
}

/** Values that clients send without having been asked to. */
const HARMLESS: Readonly<Record<string, readonly unknown[]>> = {
  // Compose and SDKs send Docker's own default.
  ShmSize: [64 * 1024 * 1024],
  Isolation: ['default'],
  Runtime: ['runc'],
  CgroupnsMode: ['private'],
  IpcMode: ['private', 'shareable'],
}

const TOP_OPTIONS: Readonly<Record<string, readonly [flag: string, why: string]>> = {
  Hostname: ['--hostname', 'ECS does not allow it with awsvpc networking'],
  Domainname: ['--domainname', 'ECS does not allow it with awsvpc networking'],
  MacAddress: ['--mac-address', 'the VPC gives every task its own'],
  NetworkDisabled: ['--network none', 'every task has an address in the VPC'],
}

/**
 * Throws 501 for the first option that ECS cannot honour, by name: nothing that was asked for is dropped in silence.
 * `HostConfig` options that are set and that nobody here knows are refused too.
 */
export function refuseUnsupported(body: DockerCreateBody): void {
  if (typeof body.Image !== 'string' || body.Image === '') throw badRequest('Config.Image: an image must be named')
  for (const [option, [flag, why]] of Object.entries(TOP_OPTIONS)) {
    if (isAsked(body[option])) throw notOnEcs(flag, why)
  }
  if (body.OpenStdin === true && body.AttachStdin === true) throw noInput()
  refuseStopSignal('--stop-signal', body.StopSignal)
  const host = hostConfigOf(body)
  refuseNetworkMode(host.NetworkMode ?? '')
  // An empty list, where clients send none at all: nothing is to be masked.
  if ([host.MaskedPaths, host.ReadonlyPaths].some((paths) => Array.isArray(paths) && paths.length === 0))
    throw notOnEcs('--security-opt systempaths=unconfined', 'Fargate decides it')
  for (const [option, value] of Object.entries(host)) refuseHostOption(option, value)
  refuseMemory(host)
}

/** ECS sends what the image says; no client can say otherwise. */
export function refuseStopSignal(flag: string, signal: unknown): void {
  if (!isAsked(signal) || ['SIGTERM', 'TERM', '15'].includes(String(signal).toUpperCase())) return
  throw notOnEcs(`${flag} ${signal}`, 'ECS sends the STOPSIGNAL of the image, or SIGTERM')
}

export const noInput = (): DockerError =>
  notOnEcs('--interactive', 'ECS connects no input to a container; start it with --detach, and use docker exec -it')

const MEANT: ReadonlySet<string> = new Set([
  ...[
    'NetworkMode',
    'NanoCpus',
    'Memory',
    'MemoryReservation',
    'MemorySwap',
    'MemorySwappiness',
    'Binds',
    'Mounts',
    'Tmpfs',
  ],
  ...[
    'PortBindings',
    'PublishAllPorts',
    'Ulimits',
    'Sysctls',
    'CapAdd',
    'CapDrop',
    'StorageOpt',
    'Init',
    'ReadonlyRootfs',
  ],
  ...['AutoRemove', 'RestartPolicy', 'LogConfig', 'PidsLimit', 'ConsoleSize', 'MaskedPaths', 'ReadonlyPaths'],
  // The docker command line writes this file itself, and tells of it.
  'ContainerIDFile',
])

function refuseHostOption(option: string, value: unknown): void {
  if (MEANT.has(option) || !isAsked(value) || HARMLESS[option]?.includes(value)) return
  const [flag = `HostConfig.${option}`, why = 'a task definition has no place for it'] = HOST_OPTIONS[option] ?? []
  throw notOnEcs(typeof value === 'string' ? `${flag} ${value}` : flag, why)
}

function refuseNetworkMode(mode: string): void {
  if (mode === 'host')
    throw notOnEcs('--network host', 'a task has a network interface of its own; give it no --network')
  if (mode === 'none') throw notOnEcs('--network none', 'every task has an address in the VPC')
  if (mode.startsWith('container:'))
    throw notOnEcs(`--network ${mode}`, 'a container is a task of its own; put both into one network')
}

function refuseMemory(host: HostConfig): void {
  const { MemorySwap: swap, Memory: memory = 0, MemorySwappiness: swappiness, PidsLimit: pids, LogConfig: log } = host
  // Docker's rule for "no swap", and what `-m` alone makes of it, are both what Fargate does.
  if (isAsked(swap) && swap !== memory && swap !== 2 * memory) throw notOnEcs('--memory-swap', 'Fargate has no swap')
  if (isAsked(swappiness) && swappiness !== -1) throw notOnEcs('--memory-swappiness', 'Fargate has no swap')
  if (isAsked(pids) && pids !== -1) throw notOnEcs('--pids-limit', 'a task definition has no place for it')
  const { Type: driver = '', Config: driverOptions } = (log ?? {}) as { Type?: string; Config?: object }
  if (!['', 'awslogs', 'json-file'].includes(driver))
    throw notOnEcs(`--log-driver ${driver}`, 'logs go to CloudWatch (awslogs)')
  if (isAsked(driverOptions)) throw notOnEcs('--log-opt', 'the log group is a setting of the backend')
}
