import type {
  ContainerDefinition,
  EFSVolumeConfiguration,
  RegisterTaskDefinitionRequest,
  TaskOverride,
} from '@aws-sdk/client-ecs'
import { type LogTarget, logTargetOf } from '../log-target.ts'
import { DEFAULT_STOP_TIMEOUT_S } from '../timings.ts'
import { LaunchError } from './launch-error.ts'
import { unsupportedSettings } from './unsupported-settings.ts'

type Condition = 'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY'

export interface Dependency {
  readonly on: string
  readonly condition: Condition
}

export interface PlannedContainer {
  readonly name: string
  readonly image: string
  /** With RunTask's overrides laid over it. */
  readonly definition: ContainerDefinition
  readonly essential: boolean
  readonly dependsOn: readonly Dependency[]
  readonly startTimeoutSeconds: number | undefined
  readonly stopTimeoutSeconds: number
  /** Where its output goes, when it has the awslogs driver. */
  readonly logs: LogTarget | undefined
}

export interface PlannedFileSystem {
  /** Of the task's volume. */
  readonly volume: string
  readonly fileSystemId: string
  readonly accessPointId: string | undefined
  readonly directory: string
}

export interface TaskPlan {
  /** In the order in which they start. */
  readonly containers: readonly PlannedContainer[]
  readonly network: 'awsvpc' | 'host' | 'bridge' | 'none'
  /** Whose network all others of the task share, and whose engine ports are published; undefined where each has its own. */
  readonly networkOwner: string | undefined
  /** CPU units and MiB of the whole task. */
  readonly cpu: number | undefined
  readonly memory: number | undefined
  /** Volumes that live as long as the task. */
  readonly volumes: readonly string[]
  /** Those of EFS, which outlive it. */
  readonly fileSystems: readonly PlannedFileSystem[]
}

/** What is to be run for a task. @throws LaunchError that names what the docker runtime does not support. */
export function planTask(definition: RegisterTaskDefinitionRequest, overrides: TaskOverride = {}): TaskPlan {
  const containerOverrides = overrides.containerOverrides ?? []
  const unsupported = unsupportedSettings(definition, containerOverrides)
  if (unsupported.length > 0) {
    throw new LaunchError(`The emulator's docker runtime does not support ${unsupported.join(', ')}.`)
  }
  const planned = (definition.containerDefinitions ?? []).map((container) => {
    const override = containerOverrides.find(({ name }) => name === container.name)
    return planContainer({ ...container, ...definedOf({ ...override }), environment: merged(container, override) })
  })
  const containers = startOrder(planned)
  const network = definition.networkMode ?? 'bridge'
  return {
    containers,
    network,
    networkOwner: network === 'awsvpc' || network === 'host' ? networkOwner(containers) : undefined,
    cpu: units(overrides.cpu ?? definition.cpu, /vcpu$/i),
    memory: units(overrides.memory ?? definition.memory, /gb$/i),
    volumes: (definition.volumes ?? []).flatMap(({ name, efsVolumeConfiguration }) =>
      efsVolumeConfiguration === undefined ? (name ?? []) : [],
    ),
    fileSystems: (definition.volumes ?? []).flatMap(({ name = '', efsVolumeConfiguration: efs }) =>
      efs === undefined ? [] : [toFileSystem(name, efs)],
    ),
  }
}

function toFileSystem(volume: string, efs: EFSVolumeConfiguration): PlannedFileSystem {
  const { fileSystemId = '', rootDirectory, authorizationConfig } = efs
  return {
    volume,
    fileSystemId,
    accessPointId: authorizationConfig?.accessPointId,
    directory: rootDirectory === undefined || rootDirectory === '' ? '/' : rootDirectory,
  }
}

function planContainer(definition: ContainerDefinition): PlannedContainer {
  const { name = '', image = '', essential = true, dependsOn = [], startTimeout, stopTimeout } = definition
  return {
    name,
    image,
    definition,
    essential,
    dependsOn: dependsOn.map(({ containerName = '', condition = 'START' }) => ({ on: containerName, condition })),
    startTimeoutSeconds: startTimeout,
    stopTimeoutSeconds: stopTimeout ?? DEFAULT_STOP_TIMEOUT_S,
    logs: logTarget(definition),
  }
}

function logTarget(definition: ContainerDefinition): LogTarget | undefined {
  const target = logTargetOf(definition)
  if (target?.group !== '') return target
  throw new LaunchError(`The log driver awslogs of container ${definition.name} needs the option awslogs-group.`)
}

type Variables = Pick<ContainerDefinition, 'environment'>

function merged(container: Variables, override: Variables | undefined): NonNullable<Variables['environment']> {
  const all = [...(container.environment ?? []), ...(override?.environment ?? [])]
  return [...new Map(all.map((variable) => [variable.name, variable])).values()]
}

const definedOf = (settings: object): object =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))

/** Dependencies first; among those that are ready essential ones first, else as defined. */
function startOrder(containers: readonly PlannedContainer[]): PlannedContainer[] {
  const order: PlannedContainer[] = []
  const placed = (name: string): boolean => order.some((container) => container.name === name)
  while (order.length < containers.length) {
    const ready = containers.filter(({ name, dependsOn }) => !placed(name) && dependsOn.every(({ on }) => placed(on)))
    const next = ready.find(({ essential }) => essential) ?? ready[0]
    if (next === undefined) {
      throw new LaunchError('The dependencies of the containers name an unknown container or go round in a circle.')
    }
    order.push(next)
  }
  return order
}

/** The first to start of those that stay: one whose completion is awaited takes its network away again. */
function networkOwner(containers: readonly PlannedContainer[]): string | undefined {
  const awaited = new Set(
    containers.flatMap(({ dependsOn }) =>
      dependsOn.flatMap(({ on, condition }) => (condition === 'COMPLETE' || condition === 'SUCCESS' ? on : [])),
    ),
  )
  return containers.find(({ name }) => !awaited.has(name))?.name
}

/** `256` and `.25 vCPU`, `512` and `0.5 GB` (documented). */
function units(text: string | undefined, large: RegExp): number | undefined {
  if (text === undefined || text === '') return undefined
  const number = Number(text.replace(large, '').trim())
  return large.test(text) ? number * 1024 : number
}
