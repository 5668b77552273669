import { ConflictError, InvalidConfigError, isOwnedBy, type JsonObject, readOwnership } from '@landlord/compute-core'
import type { ImageInspectInfo, VolumeInspectInfo } from 'dockerode'
import { ADOPTED_CONTAINER } from './adoption-marker.ts'
import { fromForeignContainer } from './from-foreign-container.ts'
import { isGone } from './map-docker-error.ts'
import { markFilters } from './mark-filters.ts'
import { type Container, inspectContainer } from './read-tenant.ts'
import type { TenantScope } from './tenant-scope.ts'

export interface AdoptableContainer {
  readonly container: Container
  /** As it runs. */
  readonly config: JsonObject
}

/**
 * A running container by its name or id. Throws `InvalidConfigError` for what is not there or cannot be a tenant's, and
 * `ConflictError` for what carries somebody's marks.
 */
export async function readAdoptable(scope: TenantScope, resource: string): Promise<AdoptableContainer> {
  const container = await inspectContainer(scope, resource)
  if (container === undefined) throw refused(`there is no container ${resource} on the Docker Engine`)
  const why = whyNotAdoptable(container)
  if (why !== undefined) throw refused(`container ${container.Name.slice(1)} ${why}`)
  await assertFree(scope, container)
  const image = await inspectImage(scope, container.Image)
  return { container, config: fromForeignContainer(container, image?.Config ?? {}) }
}

/** What a replacement could not do as this container does, or would lose. Undefined where nothing speaks against it. */
export function whyNotAdoptable({ State, HostConfig, Mounts, Config }: Container): string | undefined {
  const {
    Privileged,
    NetworkMode = '',
    PidMode,
    IpcMode,
    Devices,
    DeviceRequests,
    VolumesFrom,
    AutoRemove,
  } = HostConfig
  if (State.Status !== 'running') return `is ${State.Status}, not running; start it first`
  if (AutoRemove === true) return 'removes itself when it stops (--rm)'
  if (Privileged === true) return 'is privileged'
  if (NetworkMode === 'host' || NetworkMode.startsWith('container:')) return `uses the network of ${NetworkMode}`
  if (PidMode === 'host' || IpcMode === 'host') return "uses the host's processes or memory"
  if ((Devices?.length ?? 0) > 0 || (VolumesFrom?.length ?? 0) > 0)
    return 'uses devices, or volumes of other containers'
  if ((DeviceRequests?.length ?? 0) > 0) return 'asks for devices of the host, such as GPUs (--gpus)'
  if (Config.Image.startsWith('sha256:')) return 'is of an image without a name; tag the image and start it anew'
  const volume = Mounts.find(({ Type }) => Type === 'volume')
  if (volume === undefined) return undefined
  return `keeps data in volume ${volume.Name} at ${volume.Destination}, which a replacement would not get; move the data first`
}

/** Throws `ConflictError` for what carries the marks of another tenant, or is marked by another. */
export async function assertFree(scope: TenantScope, { Id, Name, Config }: Container): Promise<void> {
  const { Volumes } = await scope.client.request<{ Volumes: VolumeInspectInfo[] | null }>({
    action: 'list the markers of adopted containers',
    method: 'GET',
    path: '/volumes',
    query: { filters: markFilters({ [ADOPTED_CONTAINER]: Id }) },
    signal: scope.signal,
  })
  const marked = [Config.Labels, ...(Volumes ?? []).map(({ Labels }) => Labels)]
  const taken = marked.some((labels) => readOwnership(labels) !== undefined && !isOwnedBy(labels, scope.ownership))
  if (!taken) return
  throw new ConflictError({
    message: `container ${Name.slice(1)} carries the marks of another tenant or installation; it is not adopted`,
    details: { container_id: Id },
  })
}

async function inspectImage(scope: TenantScope, id: string): Promise<ImageInspectInfo | undefined> {
  try {
    return await scope.client.request<ImageInspectInfo>({
      action: `inspect image ${id}`,
      method: 'GET',
      path: `/images/${encodeURIComponent(id)}/json`,
      signal: scope.signal,
    })
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

function refused(message: string): InvalidConfigError {
  return new InvalidConfigError({ subject: 'adoption', issues: [{ path: '/resource', keyword: 'rule', message }] })
}
