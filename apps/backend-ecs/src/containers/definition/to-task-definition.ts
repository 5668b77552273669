import { createHash } from 'node:crypto'
import type { RegisterTaskDefinitionCommandInput, Volume as TaskVolume } from '@aws-sdk/client-ecs'
import { badRequest, notOnEcs } from '../../errors/docker-error.ts'
import type { EcsSettings } from '../../settings/backend-settings.ts'
import type { DockerCreateBody, ImageRecord, VolumeRecord } from '../../store/records.ts'
import { fargateSize } from './fargate-size.ts'
import { hostConfigOf } from './host-config.ts'
import { readMounts } from './read-mounts.ts'
import { toContainerDefinition, volumeName } from './to-container-definition.ts'

/** What a task definition says of a volume. */
export type Volume = Pick<VolumeRecord, 'fileSystemId' | 'accessPointId'>

export interface TaskDefinitionParts {
  readonly body: DockerCreateBody
  readonly image: ImageRecord
  /** Of every named volume in the request, by name. */
  readonly volumes: ReadonlyMap<string, Volume>
  readonly settings: EcsSettings
}

/**
 * What ECS is to run for a create request. The family is a hash of everything else, so that equal requests share one
 * definition, also after a crash; tags are the caller's. Throws for what ECS cannot do.
 */
export function toTaskDefinition(parts: TaskDefinitionParts): RegisterTaskDefinitionCommandInput & { family: string } {
  const { body, settings } = parts
  const size = fargateSize(hostConfigOf(body), settings)
  const content = {
    networkMode: 'awsvpc' as const,
    requiresCompatibilities: ['FARGATE' as const],
    cpu: String(size.cpu),
    memory: String(size.memory),
    executionRoleArn: settings.execution_role_arn,
    ...(settings.task_role_arn === undefined ? {} : { taskRoleArn: settings.task_role_arn }),
    runtimePlatform: { cpuArchitecture: settings.cpu_architecture, operatingSystemFamily: 'LINUX' as const },
    containerDefinitions: [toContainerDefinition(parts)],
    volumes: toVolumes(parts),
    ...toEphemeralStorage(body),
  }
  const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return { family: `sockerless-${hash.slice(0, 32)}`, ...content }
}

function toVolumes({ body, volumes }: TaskDefinitionParts): TaskVolume[] {
  return readMounts(body)
    .filter((mount) => mount.kind !== 'tmpfs')
    .map((mount, position) => {
      const name = volumeName(position)
      if (mount.kind === 'anonymous') return { name }
      const record = volumes.get(mount.volume)
      if (record?.accessPointId === undefined) throw badRequest(`no such volume: ${mount.volume}`)
      return {
        name,
        efsVolumeConfiguration: {
          fileSystemId: record.fileSystemId,
          transitEncryption: 'ENABLED',
          authorizationConfig: { accessPointId: record.accessPointId },
        },
      }
    })
}

/** In GiB, what Fargate offers beyond the 20 that every task has. */
const [MIN_STORAGE_GIB, MAX_STORAGE_GIB] = [21, 200]

function toEphemeralStorage(body: DockerCreateBody): Pick<RegisterTaskDefinitionCommandInput, 'ephemeralStorage'> {
  const { size, ...others } = hostConfigOf(body).StorageOpt ?? {}
  const [other] = Object.keys(others)
  if (other !== undefined) throw notOnEcs(`--storage-opt ${other}`, 'size alone can be chosen')
  if (size === undefined) return {}
  const [, digits] = /^(\d+)g(?:i?b)?$/i.exec(size) ?? []
  const sizeInGiB = Number(digits)
  if (digits !== undefined && sizeInGiB <= MAX_STORAGE_GIB) {
    return sizeInGiB < MIN_STORAGE_GIB ? {} : { ephemeralStorage: { sizeInGiB } }
  }
  throw notOnEcs(`--storage-opt size=${size}`, `Fargate has up to ${MAX_STORAGE_GIB}G`)
}
