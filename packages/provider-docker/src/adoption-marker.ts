import { isOwnedBy } from '@landlord/compute-core'
import type { VolumeInspectInfo } from 'dockerode'
import { inspectVolume, removeVolume } from './ensure-volumes.ts'
import type { Container } from './read-tenant.ts'
import type { TenantScope } from './tenant-scope.ts'

/** The id of the container that a marker stands for. */
export const ADOPTED_CONTAINER = 'landlord.adopted_container'

/**
 * Carries the labels of a container that was adopted: an empty volume, as a container's own labels cannot be changed while it runs.
 * It counts only as long as that container exists.
 */
export interface AdoptionMarker {
  readonly containerId: string
  readonly labels: Readonly<Record<string, string>>
}

/** Undefined where the tenant has adopted nothing. */
export async function readMarker(scope: TenantScope): Promise<AdoptionMarker | undefined> {
  const volume = await inspectVolume(scope, scope.names.marker)
  const containerId = volume?.Labels?.[ADOPTED_CONTAINER]
  if (volume === undefined || containerId === undefined || !isOwnedBy(volume.Labels, scope.ownership)) return undefined
  return { containerId, labels: volume.Labels }
}

/** The engine keeps the volume of that name that is there, with its labels: what comes back says whose marker it is. */
export async function writeMarker(
  scope: TenantScope,
  containerId: string,
  labels: Readonly<Record<string, string>>,
): Promise<AdoptionMarker | undefined> {
  const name = scope.names.marker
  await scope.client.request<VolumeInspectInfo>({
    action: `create volume ${name}`,
    method: 'POST',
    path: '/volumes/create',
    body: { Name: name, Labels: { ...labels, ...scope.marks, [ADOPTED_CONTAINER]: containerId } },
    signal: scope.signal,
  })
  return await readMarker(scope)
}

export async function removeMarker(scope: TenantScope): Promise<void> {
  await removeVolume(scope, scope.names.marker)
}

/** The container as if it had been created with the marker's labels. */
export function withMarker<Marked extends Container>(container: Marked, marker: AdoptionMarker): Marked {
  const { Config } = container
  return { ...container, Config: { ...Config, Labels: { ...Config.Labels, ...marker.labels } } }
}
