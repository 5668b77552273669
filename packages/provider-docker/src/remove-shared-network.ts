import { isOwnedBy, ownershipMarks } from '@landlord/compute-core'
import type { ContainerInfo } from 'dockerode'
import { listNetworks, removeNetwork } from './ensure-network.ts'
import { markFilters } from './mark-filters.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * Removes the installation's shared network when none of its containers is left. A container that is created at the same
 * moment finds its network gone when it starts, and makes a new one (`launchContainer`).
 */
export async function removeSharedNetwork(scope: TenantScope): Promise<void> {
  const shared = { ...scope.ownership, tenantId: '' }
  const networks = await listNetworks(scope, markFilters(ownershipMarks(shared)))
  const ours = networks.filter(({ Labels }) => isOwnedBy(Labels, shared))
  if (ours.length === 0 || (await installationHasContainers(scope))) return
  for (const { Id } of ours) await removeNetwork(scope, Id)
}

async function installationHasContainers(scope: TenantScope): Promise<boolean> {
  const { 'landlord.tenant_id': _, ...marks } = scope.marks
  const containers = await scope.client.request<ContainerInfo[]>({
    action: 'look for containers on the shared network',
    method: 'GET',
    path: '/containers/json',
    query: { all: true, limit: 1, filters: markFilters(marks) },
    signal: scope.signal,
  })
  return containers.length > 0
}
