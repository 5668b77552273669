import { listNetworks, removeNetwork } from './ensure-network.ts'
import { removeVolume } from './ensure-volumes.ts'
import { markFilters } from './mark-filters.ts'
import { readTenant } from './read-tenant.ts'
import { removeSharedNetwork } from './remove-shared-network.ts'
import type { TenantScope } from './tenant-scope.ts'

/** After a first provision that failed: takes away what it made, and no volume that was there before. Its own failure is only logged. */
export async function cleanUp(scope: TenantScope, newVolumes: readonly string[]): Promise<void> {
  try {
    if ((await readTenant(scope)).kind !== 'absent') return
    for (const name of newVolumes) await removeVolume(scope, name)
    for (const { Id } of await listNetworks(scope, markFilters(scope.marks))) await removeNetwork(scope, Id)
    await removeSharedNetwork(scope)
  } catch (error) {
    scope.logger.warn({ err: error }, 'could not take everything away after a failed provision; destroy does')
  }
}
