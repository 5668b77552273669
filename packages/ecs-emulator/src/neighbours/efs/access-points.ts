import type { AccessPointRecord } from '../../file-system-records.ts'
import { hexId } from '../../identifiers.ts'
import { badRequest, EfsError } from './efs-error.ts'
import { type EfsRequest, nameIn, page, requiredText, structure, tagsOf, toTags } from './efs-input.ts'
import { requireFileSystem } from './file-systems.ts'

const notFound = (id: string): EfsError =>
  new EfsError(404, 'AccessPointNotFound', `Access Point ${id} does not exist.`)

/** A repeated token is refused with the id of the first (documented). */
export function createAccessPoint(request: EfsRequest): unknown {
  const { emulator, body } = request
  const { world, now } = emulator.simulation()
  const clientToken = requiredText(request, 'ClientToken')
  const { id: fileSystemId } = requireFileSystem(world, requiredText(request, 'FileSystemId'))
  const known = Object.values(world.accessPoints).find((point) => point.clientToken === clientToken)
  if (known !== undefined) {
    throw new EfsError(
      409,
      'AccessPointAlreadyExists',
      `Access Point ${known.id} already exists with client token '${clientToken}'.`,
      {
        AccessPointId: known.id,
      },
    )
  }
  const { Path = '/', CreationInfo } = structure(body.RootDirectory)
  if (!String(Path).startsWith('/')) throw badRequest('The path of the root directory must begin with /.')
  const { OwnerUid, OwnerGid, Permissions } = structure(CreationInfo)
  const { Uid, Gid } = structure(body.PosixUser)
  const id = hexId('fsap')
  const { region, id: account } = emulator.account
  const record: AccessPointRecord = {
    id,
    arn: `arn:aws:elasticfilesystem:${region}:${account}:access-point/${id}`,
    clientToken,
    fileSystemId,
    createdAt: now(),
    path: String(Path),
    ...(CreationInfo === undefined
      ? {}
      : { owner: { uid: Number(OwnerUid), gid: Number(OwnerGid), permissions: String(Permissions) } }),
    ...(body.PosixUser === undefined ? {} : { posixUser: { uid: Number(Uid), gid: Number(Gid) } }),
    tags: tagsOf(body.Tags),
  }
  world.accessPoints[id] = record
  return view(record, account)
}

export function describeAccessPoints({ emulator, query }: EfsRequest): unknown {
  const { world } = emulator.simulation()
  const [id, fileSystem] = [query.get('AccessPointId'), query.get('FileSystemId')]
  const all = Object.values(world.accessPoints)
  const found = all.filter(
    (point) => (id === null || point.id === id) && (fileSystem === null || point.fileSystemId === fileSystem),
  )
  if (id !== null && found.length === 0) throw notFound(id)
  if (fileSystem !== null) requireFileSystem(world, fileSystem)
  const { items, next } = page(found, query, { size: 'MaxResults', token: 'NextToken' })
  return {
    AccessPoints: items.map((point) => view(point, emulator.account.id)),
    ...(next === undefined ? {} : { NextToken: next }),
  }
}

/** What is in its directory stays in the file system (documented). */
export function deleteAccessPoint({ emulator, id }: EfsRequest): unknown {
  const { accessPoints } = emulator.simulation().world
  if (accessPoints[id] === undefined) throw notFound(id)
  delete accessPoints[id]
  return undefined
}

const view = (point: AccessPointRecord, account: string): unknown => ({
  AccessPointId: point.id,
  AccessPointArn: point.arn,
  ClientToken: point.clientToken,
  FileSystemId: point.fileSystemId,
  LifeCycleState: 'available',
  OwnerId: account,
  ...nameIn(point.tags),
  RootDirectory: {
    Path: point.path,
    ...(point.owner === undefined
      ? {}
      : {
          CreationInfo: { OwnerUid: point.owner.uid, OwnerGid: point.owner.gid, Permissions: point.owner.permissions },
        }),
  },
  ...(point.posixUser === undefined ? {} : { PosixUser: { Uid: point.posixUser.uid, Gid: point.posixUser.gid } }),
  Tags: toTags(point.tags),
})
