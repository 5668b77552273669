import { createHash } from 'node:crypto'
import { CreateAccessPointCommand, DeleteAccessPointCommand, paginateDescribeAccessPoints } from '@aws-sdk/client-efs'
import { TAG_BACKEND, TAG_CREATED_AT, TAG_VOLUME_NAME } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import type { VolumeRecord } from '../store/records.ts'

type Deps = Pick<BackendDeps, 'aws' | 'instance'>

const hash = (...parts: readonly string[]): string => createHash('sha256').update(parts.join('/')).digest('hex')

/** Another one for each volume, also for one that has the name of one that was removed. EFS takes 100 characters. */
export const directoryOf = (instance: string, name: string, createdAt: string): string =>
  `/sockerless/${hash(instance).slice(0, 12)}/${name.slice(0, 40)}-${hash(instance, name, createdAt).slice(0, 12)}`

/**
 * Makes the access point of a volume. Its directory may be written to by everybody: containers run as whomever they like,
 * and nobody but this backend mounts it. Twice is once.
 */
export async function ensureAccessPoint({ aws, instance }: Deps, volume: VolumeRecord): Promise<string> {
  const tags = {
    Name: volume.name,
    [TAG_BACKEND]: instance,
    [TAG_VOLUME_NAME]: volume.name,
    [TAG_CREATED_AT]: volume.createdAt,
  }
  try {
    const { AccessPointId = '' } = await aws.efs('write').send(
      new CreateAccessPointCommand({
        ClientToken: hash(instance, volume.name, volume.createdAt),
        FileSystemId: volume.fileSystemId,
        RootDirectory: { Path: volume.path, CreationInfo: { OwnerUid: 0, OwnerGid: 0, Permissions: '0777' } },
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    )
    return AccessPointId
  } catch (error) {
    const known = error instanceof AwsCallError ? (error.cause as { AccessPointId?: string }).AccessPointId : undefined
    if (known === undefined) throw error
    return known
  }
}

/** Twice is once. What is in its directory stays in the file system. */
export async function deleteAccessPoint({ aws }: Pick<BackendDeps, 'aws'>, AccessPointId: string): Promise<void> {
  try {
    await aws.efs('write').send(new DeleteAccessPointCommand({ AccessPointId }))
  } catch (error) {
    if (!(error instanceof AwsCallError && error.facts.kind === 'not_found')) throw error
  }
}

/** One that was made, but that nobody could write down any more. */
export async function findAccessPoint(deps: Deps, { fileSystemId, path }: VolumeRecord): Promise<string | undefined> {
  const known = await listVolumesInAws(deps, fileSystemId)
  return known.find((volume) => volume.path === path)?.accessPointId
}

/** Volumes of this backend, as the tags of their access points tell of them. */
export async function listVolumesInAws({ aws, instance }: Deps, FileSystemId: string): Promise<VolumeRecord[]> {
  const found: VolumeRecord[] = []
  for await (const { AccessPoints = [] } of paginateDescribeAccessPoints(
    { client: aws.efs('read') },
    { FileSystemId },
  )) {
    for (const { AccessPointId, RootDirectory, Tags = [] } of AccessPoints) {
      const tag = (key: string): string | undefined => Tags.find(({ Key }) => Key === key)?.Value
      const name = tag(TAG_VOLUME_NAME)
      if (tag(TAG_BACKEND) !== instance || name === undefined || AccessPointId === undefined) continue
      found.push({
        name,
        createdAt: tag(TAG_CREATED_AT) ?? new Date(0).toISOString(),
        labels: {},
        options: {},
        accessPointId: AccessPointId,
        fileSystemId: FileSystemId,
        path: RootDirectory?.Path ?? '',
      })
    }
  }
  return found
}
