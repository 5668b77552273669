import type { Service } from '@aws-sdk/client-ecs'
import { ConflictError, isOwnedBy, TenantNotFoundError } from '@landlord/compute-core'
import { readTags } from './provider-tags.ts'
import type { ServiceTarget } from './service-target.ts'
import type { TenantScope } from './tenant-scope.ts'

/** Whether the service carries the marks of this tenant, this provider and this installation. */
export function isOwnService(scope: TenantScope, service: Service): boolean {
  return isOwnedBy(readTags(service), scope.ownership)
}

/** Throws `ConflictError` for a service that somebody else made. */
export function assertOwnService(scope: TenantScope, target: ServiceTarget, service: Service): void {
  if (isOwnService(scope, service)) return
  throw new ConflictError({
    message: `service ${target.serviceName} on cluster ${target.clusterName} is there already, without the marks of tenant ${scope.tenantId} of installation ${scope.installation}; choose another service_name or service_name_prefix, or remove that service`,
    details: { service: target.serviceName, cluster: target.clusterArn },
  })
}

export function tenantNotFound(scope: TenantScope, target: ServiceTarget): TenantNotFoundError {
  return new TenantNotFoundError({
    message: `no active service ${target.serviceName} on cluster ${target.clusterName} carries the marks of tenant ${scope.tenantId} of installation ${scope.installation}; provision it`,
    details: { tenant_id: scope.tenantId, service: target.serviceName, cluster: target.clusterArn },
  })
}
