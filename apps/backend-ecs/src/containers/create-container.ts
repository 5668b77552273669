import { randomBytes } from 'node:crypto'
import { badRequest, noSuch } from '../errors/docker-error.ts'
import { checkPlatform } from '../images/check-platform.ts'
import type { ContainerRecord, DockerCreateBody } from '../store/records.ts'
import type { VolumeRequest } from '../volumes/volume-operations.ts'
import type { ContainerDeps } from './container-deps.ts'
import { readEndpoints, refuseEndpointOptions } from './container-endpoints.ts'
import { checkName, randomName, refuseTakenName } from './container-name.ts'
import { hostConfigOf } from './definition/host-config.ts'
import { readMounts } from './definition/read-mounts.ts'
import { refuseUnsupported } from './definition/refuse-unsupported.ts'
import { toTaskDefinition, type Volume } from './definition/to-task-definition.ts'
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
export async function createContainer(deps: ContainerDeps, request: CreateRequest): Promise<Created> {
  const { name, platform } = request
  const body = readBody(request.body)
  refuseUnsupported(body)
  checkPlatform(platform, deps.settings.ecs.cpu_architecture)
  refuseEndpointOptions(body)
  checkRestartPolicy(body)
  const image = deps.images.find(String(body.Image))
  const wanted = name === undefined || name === '' ? undefined : checkName(name)
  if (wanted !== undefined) refuseTakenName(deps.store, wanted)
  const networks = readEndpoints(body, deps.networks.findReady)
  const define = (volumes: ReadonlyMap<string, Volume>) =>
    toTaskDefinition({ body, image, volumes, settings: deps.settings.ecs })
  const requested = requestedVolumes(body)
  // What ECS cannot do is refused before a volume is made for it.
  define(new Map(requested.map((volume) => [volume.name, PENDING])))
  const parts = {
    config: body,
    imageId: image.id,
    runs: 0,
    restartCount: 0,
    state: { status: 'created' as const, exitCode: 0, oomKilled: false, error: '' },
    networks,
    mounts: namedMounts(body),
    autoRemove: hostConfigOf(body).AutoRemove === true,
  }
  const keep = (taskDefinitionArn: string): ContainerRecord => {
    try {
      // It may have been removed meanwhile; from here on, this container keeps it.
      for (const { networkId } of networks) deps.networks.findReady(networkId)
      if (!deps.images.list().some(({ id }) => id === image.id)) throw noSuch('image', String(body.Image))
      const id = randomBytes(32).toString('hex')
      return insert(deps, wanted, { ...parts, id, createdAt: deps.now().toISOString(), taskDefinitionArn })
    } catch (error) {
      deps.leftovers.add({ kind: 'task-definition', name: taskDefinitionArn })
      throw error
    }
  }
  const record = await deps.images.use(image, () =>
    deps.volumes.use(requested, (volumes) => deps.definitions.ensure(define(volumes), keep)),
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

/** Stands for a volume that is not there yet. */
const PENDING: Volume = { fileSystemId: 'pending', accessPointId: 'pending' }

/** Each once, with the labels of the first mount that has some. */
function requestedVolumes(body: DockerCreateBody): VolumeRequest[] {
  const mounts = readMounts(body).filter((mount) => mount.kind === 'volume')
  return [...new Set(mounts.map(({ volume }) => volume))].map((name) => {
    const labels = mounts.find((mount) => mount.volume === name && mount.labels !== undefined)?.labels
    return { name, ...(labels === undefined ? {} : { labels }) }
  })
}

/** With commands as lists: Docker takes a single word as it is, too. */
function readBody(body: DockerCreateBody): DockerCreateBody {
  if (typeof body !== 'object' || body === null)
    throw badRequest('config cannot be empty in order to create a container')
  return { ...body, ...wordsOf(body, 'Cmd'), ...wordsOf(body, 'Entrypoint') }
}

function wordsOf(body: DockerCreateBody, option: 'Cmd' | 'Entrypoint'): Partial<DockerCreateBody> {
  const given: unknown = body[option]
  if (given === undefined || given === null) return {}
  const words: unknown[] = Array.isArray(given) ? given : [given]
  if (!words.every((word) => typeof word === 'string')) throw badRequest(`${option} must be a list of words`)
  return { [option]: words }
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
