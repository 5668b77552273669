import { randomBytes } from 'node:crypto'
import { badRequest } from '../errors/docker-error.ts'
import { checkPlatform } from '../images/check-platform.ts'
import type { ContainerRecord, DockerCreateBody, VolumeRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { readEndpoints, refuseEndpointOptions } from './container-endpoints.ts'
import { checkName, randomName, refuseTakenName } from './container-name.ts'
import { hostConfigOf } from './definition/host-config.ts'
import { readMounts } from './definition/read-mounts.ts'
import { refuseUnsupported } from './definition/refuse-unsupported.ts'
import { toTaskDefinition } from './definition/to-task-definition.ts'
import { publishContainer } from './publish-container.ts'
import { checkRestartPolicy } from './restart-policy.ts'

export interface CreateRequest {
  readonly name?: string | undefined
  readonly body: DockerCreateBody
  /** `linux/arm64`; absent: that of the tasks. */
  readonly platform?: string | undefined
}

export interface Created {
  readonly Id: string
  readonly Warnings: readonly string[]
}

/** Checks all of it, registers what ECS is to run, and keeps the record. Nothing runs yet. */
export async function createContainer(deps: ContainerDeps, { name, body, platform }: CreateRequest): Promise<Created> {
  if (typeof body !== 'object' || body === null)
    throw badRequest('config cannot be empty in order to create a container')
  refuseUnsupported(body)
  checkPlatform(platform, deps.settings.ecs.cpu_architecture)
  refuseEndpointOptions(body)
  checkRestartPolicy(body)
  const image = deps.images.find(String(body.Image))
  const wanted = name === undefined || name === '' ? undefined : checkName(name)
  if (wanted !== undefined) refuseTakenName(deps.store, wanted)
  const networks = readEndpoints(body, deps.networks.find)
  const volumes = await ensureVolumes(deps, body)
  const definition = toTaskDefinition({
    body,
    image,
    volumes,
    settings: deps.settings.ecs,
    searchDomains: deps.networks.searchDomains(networks.map(({ networkId }) => networkId)),
  })
  const record = await deps.definitions.ensure(definition, (taskDefinitionArn) =>
    insert(deps, wanted, {
      id: randomBytes(32).toString('hex'),
      createdAt: deps.now().toISOString(),
      config: body,
      imageId: image.id,
      taskDefinitionArn,
      runs: 0,
      restartCount: 0,
      state: { status: 'created', exitCode: 0, oomKilled: false, error: '' },
      networks,
      mounts: namedMounts(body),
      autoRemove: hostConfigOf(body).AutoRemove === true,
    }),
  )
  publishContainer(deps, record, 'create')
  return { Id: record.id, Warnings: warningsOf(body, image.needsCredentials === true) }
}

/** Somebody else may have taken the name meanwhile; of random ones there are enough. */
function insert(
  deps: ContainerDeps,
  wanted: string | undefined,
  parts: Omit<ContainerRecord, 'name'>,
): ContainerRecord {
  for (;;) {
    const record = { ...parts, name: wanted ?? randomName() }
    if (deps.store.containers.insert(record)) return record
    if (wanted !== undefined) refuseTakenName(deps.store, wanted)
  }
}

async function ensureVolumes({ volumes }: ContainerDeps, body: DockerCreateBody): Promise<Map<string, VolumeRecord>> {
  const names = [...new Set(namedMounts(body).map(({ volume }) => volume))]
  return new Map(await Promise.all(names.map(async (name) => [name, await volumes.ensure({ name })] as const)))
}

export const namedMounts = (body: DockerCreateBody): ContainerRecord['mounts'] =>
  readMounts(body).flatMap((mount) =>
    mount.kind === 'volume' ? [{ volume: mount.volume, target: mount.target, readOnly: mount.readOnly }] : [],
  )

function warningsOf(body: DockerCreateBody, needsCredentials: boolean): string[] {
  return [
    ...(needsCredentials
      ? ['ECS pulls this image with the execution role, not with your password; a copy in ECR can be pulled']
      : []),
    ...((body.Env ?? []).some((entry) => !entry.includes('='))
      ? ['variables without a value are set to the empty text: ECS cannot take them away']
      : []),
  ]
}
