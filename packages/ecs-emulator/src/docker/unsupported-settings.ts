import type { ContainerDefinition, ContainerOverride, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs'

const SUPPORTED: ReadonlySet<string> = new Set([
  ...['name', 'image', 'cpu', 'memory', 'memoryReservation', 'essential', 'entryPoint', 'command', 'environment'],
  ...['workingDirectory', 'user', 'hostname', 'readonlyRootFilesystem', 'portMappings', 'mountPoints', 'dependsOn'],
  ...['startTimeout', 'stopTimeout', 'healthCheck', 'logConfiguration', 'ulimits', 'dockerLabels', 'extraHosts'],
  ...['dnsServers', 'dnsSearchDomains', 'systemControls', 'interactive', 'pseudoTerminal', 'linuxParameters'],
  // Says whether tags are resolved to digests for the whole deployment: the engine's image does not change behind its tag here.
  'versionConsistency',
])
const SUPPORTED_LINUX: ReadonlySet<string> = new Set([
  'initProcessEnabled',
  'sharedMemorySize',
  'tmpfs',
  'capabilities',
])
const SUPPORTED_OVERRIDES: ReadonlySet<string> = new Set([
  ...['name', 'command', 'environment', 'cpu', 'memory', 'memoryReservation'],
])
const LOG_DRIVERS: ReadonlySet<string> = new Set(['awslogs', 'json-file', 'none'])
const LOG_OPTIONS: ReadonlySet<string> = new Set([
  ...['awslogs-group', 'awslogs-region', 'awslogs-stream-prefix', 'awslogs-create-group', 'mode', 'max-buffer-size'],
])

/** What the docker runtime cannot do of a task, as a list of names; empty when it can do all of it. */
export function unsupportedSettings(
  definition: RegisterTaskDefinitionRequest,
  overrides: readonly ContainerOverride[],
): string[] {
  const containers = definition.containerDefinitions ?? []
  const task = [
    ...(definition.pidMode ? ['pidMode'] : []),
    ...(definition.ipcMode ? ['ipcMode'] : []),
    ...(definition.proxyConfiguration ? ['proxyConfiguration'] : []),
    ...(definition.inferenceAccelerators?.length ? ['inferenceAccelerators'] : []),
    ...(definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') ? ['runtimePlatform'] : []),
    ...(definition.volumes ?? []).filter(isRemote).map(({ name }) => `volume ${name}`),
  ]
  return [
    ...task,
    ...containers.flatMap(ofContainer),
    ...containers.flatMap((container) => foreignVolumes(container, definition.volumes ?? [])),
    ...overrides.flatMap((override) => others(override, SUPPORTED_OVERRIDES, `overrides of ${override.name}`)),
  ]
}

type Volume = NonNullable<RegisterTaskDefinitionRequest['volumes']>[number]

/** A volume without a source is an empty one that lives as long as its task; those of EFS are there; every other needs what is not here. */
const isRemote = ({ name: _name, host, efsVolumeConfiguration: _efs, ...source }: Volume): boolean =>
  host?.sourcePath !== undefined || Object.values(source).some(isSet)

/** By a name that is not the task's own the engine would give any other volume that it has, whoever owns it. */
const foreignVolumes = ({ name, mountPoints = [] }: ContainerDefinition, volumes: readonly Volume[]): string[] =>
  mountPoints
    .filter(({ sourceVolume }) => !volumes.some((volume) => volume.name === sourceVolume))
    .map(({ sourceVolume }) => `${name}.mountPoints ${sourceVolume}`)

function ofContainer(container: ContainerDefinition): string[] {
  const { name = '', linuxParameters, logConfiguration } = container
  const driver = logConfiguration?.logDriver
  const isKnownDriver = driver === undefined || LOG_DRIVERS.has(driver)
  const options = driver === 'awslogs' ? others(logConfiguration?.options ?? {}, LOG_OPTIONS, `${name}.options`) : []
  return [
    ...others(container, SUPPORTED, name),
    ...others(linuxParameters ?? {}, SUPPORTED_LINUX, `${name}.linuxParameters`),
    // To take rights away is safe on any engine.
    ...(linuxParameters?.capabilities?.add?.length ? [`${name}.linuxParameters.capabilities.add`] : []),
    ...(isKnownDriver ? options : [`${name}.logConfiguration ${driver}`]),
    ...(container.portMappings?.some(({ containerPortRange }) => containerPortRange)
      ? [`${name}.portMappings.containerPortRange`]
      : []),
    ...(logConfiguration?.secretOptions?.length ? [`${name}.logConfiguration.secretOptions`] : []),
  ]
}

const others = (settings: object, supported: ReadonlySet<string>, where: string): string[] =>
  Object.entries(settings).flatMap(([key, value]) => (isSet(value) && !supported.has(key) ? [`${where}.${key}`] : []))

/** Clients spell out defaults: an empty list, a switch that is off, an empty structure. */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false
  return typeof value !== 'object' || Object.values(value).some(isSet)
}
