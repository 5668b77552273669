import AsyncLock from 'async-lock'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { badRequest, conflict, DockerError, notOnEcs } from '../errors/docker-error.ts'
import type { VolumeRecord } from '../store/records.ts'
import { deleteAccessPoint, directoryOf, ensureAccessPoint, findAccessPoint, listVolumesInAws } from './access-point.ts'

export interface VolumeRequest {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
}

export interface VolumeOperations {
  /** Throws 404. */
  find(name: string): VolumeRecord
  list(): VolumeRecord[]
  /** Finds or makes it; of one that is there labels do not change, as in Docker. Throws 501 without a file system. */
  ensure(request: VolumeRequest): Promise<VolumeRecord>
  /** Finds or makes them, and lets nobody remove one until the work is over. */
  use<Result>(
    requests: readonly VolumeRequest[],
    work: (volumes: ReadonlyMap<string, VolumeRecord>) => Promise<Result>,
  ): Promise<Result>
  /** Throws 409 while a container has it, running or not; with `force` one that is not there has been removed. */
  remove(name: string, options: { readonly force: boolean }): Promise<void>
  /** Ids of containers that have it. */
  usersOf(name: string): string[]
  /** Finishes what was begun, and finds again what the store does not know. */
  recover(isFirst: boolean): Promise<void>
}

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/

type Deps = Pick<BackendDeps, 'aws' | 'store' | 'settings' | 'instance' | 'events' | 'now' | 'logger'>

export function createVolumeOperations(deps: Deps): VolumeOperations {
  const { store, settings, instance, events, now, logger } = deps
  const { volumes, containers } = store
  const locks = new AsyncLock()

  const publish = (action: string, { name }: VolumeRecord): void =>
    events.publish({ type: 'volume', action, id: name, attributes: { driver: 'local' } })

  function requireFileSystem(): string {
    const { efs_filesystem_id: id } = settings.ecs
    if (id === undefined)
      throw notOnEcs('a named volume', 'set ecs.efs_filesystem_id to the EFS file system that volumes are to be on')
    return id
  }

  function find(name: string): VolumeRecord {
    const found = volumes.get(name)
    if (found === undefined) throw new DockerError({ status: 404, message: `get ${name}: no such volume` })
    return found
  }

  const usersOf = (name: string): string[] =>
    containers.list().flatMap(({ id, mounts }) => (mounts.some(({ volume }) => volume === name) ? [id] : []))

  /** The record is there first: where the process dies, the next one makes the access point with the same token. */
  async function realize(volume: VolumeRecord): Promise<VolumeRecord> {
    const accessPointId = await ensureAccessPoint(deps, volume)
    return volumes.update(volume.name, (current) => ({ ...current, accessPointId })) ?? volume
  }

  async function ensureNow({ name, labels = {} }: VolumeRequest): Promise<VolumeRecord> {
    const fileSystemId = requireFileSystem()
    if (!NAME.test(name)) {
      throw badRequest(
        `create ${name}: "${name}" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed`,
      )
    }
    const known = volumes.get(name)
    if (known?.accessPointId !== undefined) return known
    const createdAt = now().toISOString()
    const path = directoryOf(instance, name, createdAt)
    const volume = known ?? { name, createdAt, labels, options: {}, fileSystemId, path }
    volumes.insert(volume)
    const made = await realize(volume).catch((error: unknown) => {
      // Without an answer the access point may be there: the record stays, for another try or to be removed.
      if (error instanceof AwsCallError && !error.isUnsure) volumes.delete(name)
      throw error
    })
    publish('create', made)
    return made
  }

  return {
    find,
    list: () => volumes.list(),
    usersOf,
    ensure: (request) => locks.acquire(request.name, () => ensureNow(request)),
    async use(requests, work) {
      // Always in the same order, so that two never wait for each other.
      const names = requests.map(({ name }) => name).sort()
      if (names.length === 0) return await work(new Map())
      return await locks.acquire(names, async () => {
        // All of them to their end: the locks go with the first failure.
        const outcomes = await Promise.allSettled(requests.map(ensureNow))
        const made = outcomes.map((outcome) => {
          if (outcome.status === 'rejected') throw outcome.reason
          return outcome.value
        })
        return await work(new Map(made.map((volume) => [volume.name, volume])))
      })
    },
    remove: (name, { force }) =>
      locks.acquire(name, async () => {
        if (force && volumes.get(name) === undefined) return
        const volume = find(name)
        const users = usersOf(name)
        if (users.length > 0) throw conflict(`remove ${name}: volume is in use - [${users.join(', ')}]`)
        const accessPointId = volume.accessPointId ?? (await findAccessPoint(deps, volume))
        if (accessPointId !== undefined) await deleteAccessPoint(deps, accessPointId)
        volumes.delete(name)
        publish('destroy', volume)
      }),
    async recover(isFirst) {
      const { efs_filesystem_id: fileSystemId } = settings.ecs
      if (isFirst && fileSystemId !== undefined) {
        for (const volume of await listVolumesInAws(deps, fileSystemId)) volumes.insert(volume)
      }
      for (const { name } of volumes.list()) {
        // Clients are served meanwhile, and may be making or removing it.
        await locks.acquire(name, async () => {
          const volume = volumes.get(name)
          if (volume === undefined || volume.accessPointId !== undefined) return
          await realize(volume).catch((error: unknown) =>
            logger.error({ err: error, volume: name }, 'a volume could not be made; it will be when it is used'),
          )
        })
      }
    },
  }
}
