import { TenantNotFoundError } from '@landlord/compute-core'
import type { TenantScope } from './tenant-scope.ts'

export function tenantNotFound(scope: TenantScope): TenantNotFoundError {
  const { tenantId, installation } = scope.ownership
  return new TenantNotFoundError({
    message: `no container on the Docker Engine carries the marks of tenant ${tenantId} of installation ${installation}; provision it first`,
    details: { tenant_id: tenantId },
  })
}
