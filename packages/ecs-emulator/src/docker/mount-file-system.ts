import { createHash } from 'node:crypto'
import { chmod, chown } from 'node:fs/promises'
import { posix } from 'node:path'
import type Docker from 'dockerode'
import type { AccessPointRecord } from '../file-system-records.ts'
import type { World } from '../world.ts'
import { LaunchError } from './launch-error.ts'
import { type Scope, scopeLabels } from './task-labels.ts'
import type { PlannedFileSystem } from './task-plan.ts'

export const FILE_SYSTEM_PREFIX = 'ecs-efs-'

/**
 * The engine's volume that stands for a directory of a file system of EFS: the same one for all tasks that mount that
 * directory. It goes with the emulator. @throws LaunchError when file system or access point are not there.
 */
export async function mountFileSystem(
  docker: Docker,
  scope: Scope,
  world: World,
  planned: PlannedFileSystem,
): Promise<string> {
  const { fileSystemId, accessPointId, directory } = planned
  if (world.fileSystems[fileSystemId] === undefined) throw unmounted(`File system ${fileSystemId} does not exist`)
  const point = accessPointId === undefined ? undefined : world.accessPoints[accessPointId]
  if (accessPointId !== undefined && point?.fileSystemId !== fileSystemId) {
    throw unmounted(`Access point ${accessPointId} of file system ${fileSystemId} does not exist`)
  }
  const path = posix.join(point?.path ?? '/', directory)
  const digest = createHash('sha256').update(`${scope.id} ${fileSystemId} ${path}`).digest('hex').slice(0, 24)
  const name = `${FILE_SYSTEM_PREFIX}${digest}`
  const isThere = await docker
    .getVolume(name)
    .inspect()
    .catch(() => undefined)
  await docker.createVolume({ Name: name, Labels: scopeLabels(scope) })
  if (isThere === undefined && point !== undefined)
    await own((await docker.getVolume(name).inspect()).Mountpoint, point)
  return name
}

/** Where the engine runs on this machine, and as its administrator; elsewhere the directory stays root's. */
async function own(directory: string, { owner }: AccessPointRecord): Promise<void> {
  if (owner === undefined) return
  try {
    await chown(directory, owner.uid, owner.gid)
    await chmod(directory, Number.parseInt(owner.permissions, 8))
  } catch {
    // Said in the documentation of the runtime.
  }
}

// Fargate's own words around what the mount helper says (reported by users).
const unmounted = (why: string): LaunchError =>
  new LaunchError(`ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: ${why}`)
