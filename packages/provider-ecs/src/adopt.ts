import { ownershipMarks, type ProvisionResult } from '@landlord/compute-core'
import { adoptionTarget, readAdoptable, refused } from './adoptable-service.ts'
import type { DesiredService } from './desired-service.ts'
import { serviceHandle, toResourceIds } from './resource-ids.ts'
import { isOwnService } from './service-ownership.ts'
import { isSamePlace } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'

/**
 * Tags the service as the tenant's: one TagResource, which starts no deployment. Done when ECS shows the tags, as reads lag behind
 * writes and an update must not take the service for a stranger's.
 */
export async function adopt(
  scope: TenantScope,
  { resource, desired }: { readonly resource: string; readonly desired: DesiredService },
): Promise<ProvisionResult> {
  const { assume_role } = desired.config
  const target = adoptionTarget(scope, resource, assume_role === undefined ? {} : { assume_role: { ...assume_role } })
  if (!isSamePlace(target, desired.target)) {
    throw refused('is another service than cluster_arn and service_name of the configuration name')
  }
  const service = await readAdoptable(scope, target)
  if (isOwnService(scope, service)) {
    return { status: 'success', resourceIds: toResourceIds(serviceHandle(target, service)) }
  }
  const tags = Object.entries(ownershipMarks(scope.ownership)).map(([key, value]) => ({ key, value }))
  scope.onProgress(`tagging service ${target.serviceName}`)
  await scope.api.tagService(target, service.serviceArn ?? resource, tags, scope.call('change'))
  return { status: 'in_progress', resourceIds: {}, message: 'tagged; waiting until ECS shows the tags' }
}
