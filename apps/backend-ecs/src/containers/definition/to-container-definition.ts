import type { ContainerDefinition, LinuxParameters } from '@aws-sdk/client-ecs'
import { badRequest, notOnEcs } from '../../errors/docker-error.ts'
import type { EcsSettings } from '../../settings/backend-settings.ts'
import type { DockerCreateBody, ImageRecord } from '../../store/records.ts'
import { LABEL_CONFIG, packConfig } from './config-label.ts'
import { type HostConfig, hostConfigOf } from './host-config.ts'
import { readMounts } from './read-mounts.ts'
import { readPorts } from './read-ports.ts'
import { toHealthCheck } from './to-health-check.ts'

/** Of the one container in every task. */
export const CONTAINER_NAME = 'container'
/** A log stream is `docker/container/<task id>`. */
export const LOG_STREAM_PREFIX = 'docker'

/** Docker's default; Fargate takes 2 to 120. */
const DEFAULT_STOP_SECONDS = 10
const [MIN_STOP_SECONDS, MAX_STOP_SECONDS] = [2, 120]

export interface ContainerDefinitionParts {
  readonly body: DockerCreateBody
  readonly image: ImageRecord
  readonly settings: Pick<EcsSettings, 'region' | 'log_group'>
}

export function toContainerDefinition({ body, image, settings }: ContainerDefinitionParts): ContainerDefinition {
  const host = hostConfigOf(body)
  const healthCheck = toHealthCheck(body, image)
  return {
    name: CONTAINER_NAME,
    // What was pulled, even when the tag has moved on since.
    image: image.source,
    essential: true,
    ...toCommand(body, image),
    environment: toEnvironment(body.Env ?? []),
    ...(body.WorkingDir ? { workingDirectory: String(body.WorkingDir) } : {}),
    ...(body.User ? { user: String(body.User) } : {}),
    ...(body.Tty === true ? { pseudoTerminal: true } : {}),
    ...(body.OpenStdin === true ? { interactive: true } : {}),
    ...(host.ReadonlyRootfs === true ? { readonlyRootFilesystem: true } : {}),
    portMappings: readPorts(body, image).map(({ port, protocol }) => ({ containerPort: port, protocol })),
    mountPoints: readMounts(body)
      .filter((mount) => mount.kind !== 'tmpfs')
      .map(({ target, readOnly }, position) => ({
        sourceVolume: volumeName(position),
        containerPath: target,
        readOnly,
      })),
    dockerLabels: { ...(body.Labels ?? {}), [LABEL_CONFIG]: packConfig(body) },
    ...(healthCheck === undefined ? {} : { healthCheck }),
    ulimits: toUlimits(host),
    systemControls: Object.entries(host.Sysctls ?? {}).map(([namespace, value]) => ({ namespace, value })),
    linuxParameters: toLinuxParameters(body, host),
    stopTimeout: stopSeconds(body.StopTimeout),
    logConfiguration: {
      logDriver: 'awslogs',
      options: {
        'awslogs-group': settings.log_group,
        'awslogs-region': settings.region,
        'awslogs-stream-prefix': LOG_STREAM_PREFIX,
        // Docker loses no line, and since June 2025 awslogs would by default.
        mode: 'blocking',
      },
    },
  }
}

/** The volume of the n-th mount that is one. */
export const volumeName = (position: number): string => `volume-${position}`

/** An entrypoint that is given, be it empty, takes the image's command away with it, as in Docker. */
function toCommand(
  body: DockerCreateBody,
  image: Pick<ImageRecord, 'config'>,
): Pick<ContainerDefinition, 'entryPoint' | 'command'> {
  const command = [...(body.Cmd ?? [])]
  if (body.Entrypoint === undefined || body.Entrypoint === null) return command.length === 0 ? {} : { command }
  const entryPoint = body.Entrypoint.filter((part, position) => position > 0 || part !== '')
  if (entryPoint.length > 0) return { entryPoint, ...(command.length === 0 ? {} : { command }) }
  // `--entrypoint ""`: a task definition cannot say "none", so the command's first word becomes it.
  const ofImage = (image.config as { config?: { Cmd?: readonly string[] | null } }).config?.Cmd ?? []
  const [first, ...rest] = command.length > 0 ? command : ofImage
  if (first === undefined) throw badRequest('no command specified')
  return { entryPoint: [first], ...(rest.length === 0 ? {} : { command: rest }) }
}

function toEnvironment(env: readonly string[]): { name: string; value: string }[] {
  const values = new Map<string, string>()
  for (const entry of env) {
    const equals = entry.indexOf('=')
    if (equals === 0)
      throw badRequest(`invalid environment variable: ${JSON.stringify(entry.slice(0, 1))}…: it has no name`)
    // Without a value it takes one of the image's away, which ECS cannot; empty is the nearest.
    values.set(equals < 0 ? entry : entry.slice(0, equals), equals < 0 ? '' : entry.slice(equals + 1))
  }
  return [...values].map(([name, value]) => ({ name, value }))
}

function toUlimits({ Ulimits }: HostConfig): NonNullable<ContainerDefinition['ulimits']> {
  return (Ulimits ?? []).map(({ Name: name, Soft: softLimit, Hard: hardLimit }) => {
    if (name !== 'nofile') throw notOnEcs(`--ulimit ${name}`, 'Fargate lets nofile alone be changed')
    return { name, softLimit, hardLimit }
  })
}

function toLinuxParameters(body: DockerCreateBody, host: HostConfig): LinuxParameters {
  const add = (host.CapAdd ?? []).map((capability) => capability.replace(/^CAP_/i, '').toUpperCase())
  const refused = add.find((capability) => capability !== 'SYS_PTRACE')
  if (refused !== undefined) throw notOnEcs(`--cap-add ${refused}`, 'Fargate lets SYS_PTRACE alone be added')
  const drop = (host.CapDrop ?? []).map((capability) => capability.replace(/^CAP_/i, '').toUpperCase())
  const tmpfs = readMounts(body).filter((mount) => mount.kind === 'tmpfs')
  return {
    ...(host.Init === true ? { initProcessEnabled: true } : {}),
    ...(add.length + drop.length === 0 ? {} : { capabilities: { add, drop } }),
    ...(tmpfs.length === 0
      ? {}
      : {
          tmpfs: tmpfs.map(({ target, sizeMib, options }) => ({
            containerPath: target,
            size: sizeMib,
            mountOptions: [...options],
          })),
        }),
  }
}

function stopSeconds(asked: unknown): number {
  if (asked === undefined || asked === null) return DEFAULT_STOP_SECONDS
  if (typeof asked === 'number' && asked >= 0 && asked <= MAX_STOP_SECONDS) return Math.max(MIN_STOP_SECONDS, asked)
  throw notOnEcs(`--stop-timeout ${String(asked)}`, `Fargate waits ${MIN_STOP_SECONDS} to ${MAX_STOP_SECONDS} seconds`)
}
