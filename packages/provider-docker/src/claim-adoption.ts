import { ConflictError, isOwnedBy } from '@landlord/compute-core'
import type { VolumeInspectInfo } from 'dockerode'
import { inspectVolume, removeVolume } from './ensure-volumes.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * Keeps every other tenant, of whatever installation, from adopting the container meanwhile: an empty volume with a name that
 * follows from the container alone, as the engine makes only one of a name. It carries the tenant's marks: whoever dies here finds its own
 * claim the next time, or removes it with the tenant. Throws `ConflictError` where another has it.
 */
export async function claimAdoption(scope: TenantScope, containerId: string): Promise<void> {
  const name = claimName(containerId)
  const volume = await scope.client.request<VolumeInspectInfo>({
    action: `create volume ${name}`,
    method: 'POST',
    path: '/volumes/create',
    body: { Name: name, Labels: scope.marks },
    signal: scope.signal,
  })
  if (isOwnedBy(volume.Labels, scope.ownership)) return
  throw new ConflictError({
    message: `another tenant or installation is adopting container ${containerId} (volume ${name}); delete that tenant, or adopt another container`,
    details: { container_id: containerId, volume: name },
  })
}

/** What another tenant claims meanwhile stays. */
export async function releaseClaim(scope: TenantScope, containerId: string): Promise<void> {
  const name = claimName(containerId)
  const volume = await inspectVolume(scope, name)
  if (isOwnedBy(volume?.Labels, scope.ownership)) await removeVolume(scope, name)
}

/** Without a prefix that an operator chooses: two installations on one engine have to meet. */
function claimName(containerId: string): string {
  return `landlord-adopting-${containerId}`
}
