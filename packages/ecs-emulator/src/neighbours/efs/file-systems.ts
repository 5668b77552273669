import type { FileSystemRecord } from '../../file-system-records.ts'
import { hexId } from '../../identifiers.ts'
import type { World } from '../../world.ts'
import { EfsError } from './efs-error.ts'
import { type EfsRequest, nameIn, page, requiredText, tagsOf, toTags } from './efs-input.ts'

/** @throws EfsError FileSystemNotFound */
export function requireFileSystem({ fileSystems }: World, id: string): FileSystemRecord {
  const found = fileSystems[id.slice(id.lastIndexOf('/') + 1)]
  if (found !== undefined) return found
  throw new EfsError(404, 'FileSystemNotFound', `File system '${id}' does not exist.`)
}

/** Available at once (invented: AWS takes seconds). */
export function createFileSystem(request: EfsRequest): unknown {
  const { emulator, body } = request
  const { world, now } = emulator.simulation()
  const creationToken = requiredText(request, 'CreationToken')
  const known = Object.values(world.fileSystems).find((each) => each.creationToken === creationToken)
  if (known !== undefined) {
    const message = `File system '${known.id}' already exists with creation token '${creationToken}'`
    throw new EfsError(409, 'FileSystemAlreadyExists', message, { FileSystemId: known.id })
  }
  const id = hexId('fs')
  const { region, id: account } = emulator.account
  const arn = `arn:aws:elasticfilesystem:${region}:${account}:file-system/${id}`
  const record: FileSystemRecord = { id, arn, creationToken, createdAt: now(), tags: tagsOf(body.Tags) }
  world.fileSystems[id] = record
  return view(record, account)
}

export function describeFileSystems({ emulator, query }: EfsRequest): unknown {
  const { world } = emulator.simulation()
  const [id, token] = [query.get('FileSystemId'), query.get('CreationToken')]
  const all = id === null ? Object.values(world.fileSystems) : [requireFileSystem(world, id)]
  const found = all.filter(({ creationToken }) => token === null || creationToken === token)
  const { items, next } = page(found, query, { size: 'MaxItems', token: 'Marker' })
  return {
    FileSystems: items.map((record) => view(record, emulator.account.id)),
    ...(next === undefined ? {} : { NextMarker: next }),
  }
}

export function deleteFileSystem({ emulator, id }: EfsRequest): unknown {
  const { world } = emulator.simulation()
  const { id: fileSystemId } = requireFileSystem(world, id)
  if (Object.values(world.accessPoints).some((point) => point.fileSystemId === fileSystemId)) {
    throw new EfsError(409, 'FileSystemInUse', `The file system '${fileSystemId}' has access points.`)
  }
  delete world.fileSystems[fileSystemId]
  return undefined
}

const view = ({ id, arn, creationToken, createdAt, tags }: FileSystemRecord, account: string): unknown => ({
  OwnerId: account,
  CreationToken: creationToken,
  FileSystemId: id,
  FileSystemArn: arn,
  CreationTime: createdAt / 1000,
  LifeCycleState: 'available',
  ...nameIn(tags),
  NumberOfMountTargets: 1,
  SizeInBytes: { Value: 6144 },
  PerformanceMode: 'generalPurpose',
  Encrypted: true,
  ThroughputMode: 'elastic',
  Tags: toTags(tags),
})
