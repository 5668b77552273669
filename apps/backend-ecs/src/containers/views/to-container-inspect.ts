import type { ContainerRecord, ImageRecord } from '../../store/records.ts'
import { fargateSize } from '../definition/fargate-size.ts'
import { hostConfigOf } from '../definition/host-config.ts'
import { toHealthCheck } from '../definition/to-health-check.ts'
import { networkModeOf, toEndpoints } from './to-endpoints.ts'
import { toMounts } from './to-mounts.ts'
import { portsOf, toPortMap } from './to-port-map.ts'
import { type ViewContext, ZERO_TIME } from './view-context.ts'

const MIB = 1024 * 1024

/** The body of `GET /containers/{id}/json`. */
export function toContainerInspect(record: ContainerRecord, context: ViewContext): Record<string, unknown> {
  const image = imageOf(record, context)
  const [path = '', ...args] = commandOf(record, image)
  return {
    Id: record.id,
    Created: record.createdAt,
    Path: path,
    Args: args,
    State: toState(record),
    Image: record.imageId,
    ResolvConfPath: '',
    HostnamePath: '',
    HostsPath: '',
    LogPath: record.logStream === undefined ? '' : `${context.settings.log_group}/${record.logStream}`,
    Name: `/${record.name}`,
    RestartCount: record.restartCount,
    Driver: 'fargate',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: null,
    HostConfig: toHostConfig(record, context),
    GraphDriver: { Name: 'fargate', Data: null },
    Mounts: toMounts(record),
    Config: toConfig(record, image),
    NetworkSettings: {
      Bridge: '',
      SandboxID: '',
      SandboxKey: '',
      HairpinMode: false,
      Ports: toPortMap(portsOf(record, image)),
      // The legacy fields of the default network, which scripts still read.
      IPAddress: record.state.status === 'running' ? (record.address ?? '') : '',
      Gateway: '',
      IPPrefixLen: 0,
      MacAddress: '',
      Networks: toEndpoints(record, context),
    },
  }
}

/** An image that has been removed since has told all that ECS needs, but no view of it any more. */
export const imageOf = (
  record: ContainerRecord,
  context: Pick<ViewContext, 'findImage'>,
): Pick<ImageRecord, 'config'> => context.findImage(record.imageId) ?? { config: {} }

interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd?: readonly string[] | null
  readonly Env?: readonly string[] | null
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly WorkingDir?: string
  readonly User?: string
}

const configOfImage = ({ config }: Pick<ImageRecord, 'config'>): ImageConfig =>
  (config as { config?: ImageConfig | null }).config ?? {}

/** Entrypoint and command, as the container runs them. */
export function commandOf({ config }: ContainerRecord, image: Pick<ImageRecord, 'config'>): string[] {
  const ofImage = configOfImage(image)
  const isOwnEntrypoint = config.Entrypoint !== undefined && config.Entrypoint !== null
  const command = config.Cmd?.length ? config.Cmd : isOwnEntrypoint ? [] : (ofImage.Cmd ?? [])
  return [...(isOwnEntrypoint ? (config.Entrypoint ?? []) : (ofImage.Entrypoint ?? [])), ...command].filter(
    (part, position) => position > 0 || part !== '',
  )
}

function toState({ state, taskArn }: ContainerRecord): Record<string, unknown> {
  const { status, startedAt = ZERO_TIME, finishedAt = ZERO_TIME, exitCode, oomKilled, error, health } = state
  return {
    Status: status,
    Running: status === 'running',
    Paused: false,
    Restarting: status === 'restarting',
    OOMKilled: oomKilled,
    Dead: status === 'dead',
    // There is no host whose process it would be; some number is what clients take for "it runs".
    Pid: status === 'running' ? 1 : 0,
    ExitCode: exitCode,
    Error: error,
    StartedAt: startedAt,
    FinishedAt: finishedAt,
    ...(health === undefined
      ? {}
      : { Health: { Status: health, FailingStreak: health === 'unhealthy' ? 1 : 0, Log: [] } }),
    ...(taskArn === undefined ? {} : { TaskArn: taskArn }),
  }
}

/** What was asked for, with the size that Fargate made of it. */
function toHostConfig(record: ContainerRecord, context: ViewContext): Record<string, unknown> {
  const host = hostConfigOf(record.config)
  const size = fargateSize(host, context.settings)
  return {
    Binds: null,
    PortBindings: {},
    RestartPolicy: { Name: 'no', MaximumRetryCount: 0 },
    LogConfig: { Type: 'awslogs', Config: {} },
    Privileged: false,
    ...host,
    AutoRemove: record.autoRemove,
    NetworkMode: networkModeOf(record, context),
    NanoCpus: (size.cpu / 1024) * 1e9,
    Memory: size.memory * MIB,
  }
}

function toConfig({ config, id }: ContainerRecord, image: Pick<ImageRecord, 'config'>): Record<string, unknown> {
  const { HostConfig: _host, NetworkingConfig: _networking, ...own } = config
  const ofImage = configOfImage(image)
  const healthCheck = toHealthCheck(config, image)
  return {
    Hostname: id.slice(0, 12),
    Domainname: '',
    AttachStdin: false,
    AttachStdout: false,
    AttachStderr: false,
    Tty: false,
    OpenStdin: false,
    StdinOnce: false,
    OnBuild: null,
    ...own,
    User: config.User || ofImage.User || '',
    WorkingDir: config.WorkingDir || ofImage.WorkingDir || '',
    Cmd: config.Cmd?.length ? config.Cmd : config.Entrypoint ? null : (ofImage.Cmd ?? null),
    Entrypoint: config.Entrypoint ?? ofImage.Entrypoint ?? null,
    Env: mergeEnvironment(ofImage.Env ?? [], config.Env ?? []),
    Labels: { ...ofImage.Labels, ...config.Labels },
    ...(healthCheck === undefined ? {} : { Healthcheck: config.Healthcheck ?? { Test: healthCheck.command } }),
  }
}

/** The container's over the image's, each name once. */
function mergeEnvironment(ofImage: readonly string[], own: readonly string[]): string[] {
  const nameOf = (entry: string): string => entry.split('=', 1)[0] ?? ''
  const given = new Set(own.map(nameOf))
  return [...own, ...ofImage.filter((entry) => !given.has(nameOf(entry)))]
}
