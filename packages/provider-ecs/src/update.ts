import type { Service } from '@aws-sdk/client-ecs'
import { type TenantRef, UnavailableError, type UpdateResult } from '@landlord/compute-core'
import { isFromBefore } from './assess-service.ts'
import { converge } from './converge.ts'
import type { DesiredService } from './desired-service.ts'
import { diffService } from './diff-service.ts'
import { isRecent } from './is-recent.ts'
import { REPLACING, replaceService } from './replace-service.ts'
import { type EcsHandle, handleAt, isReplaced, toResourceIds } from './resource-ids.ts'
import { assertOwnService, isOwnService, tenantNotFound } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import { isSamePlace, tenantPlaces } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'

/** Moves the tenant's service to what is wanted, sending only what differs from the live one. */
export async function update(
  scope: TenantScope,
  { tenant, desired }: { readonly tenant: TenantRef; readonly desired: DesiredService },
): Promise<UpdateResult> {
  const { target } = desired
  const handle = handleAt(target, tenant.resourceIds)
  const reading = await scope.api.describeService(target, scope.call('change'), { fresh: true })
  const shown = reading.kind === 'found' && reading.service.status === 'ACTIVE' ? reading.service : undefined
  const service = shown !== undefined && isReplaced(shown, handle) ? undefined : shown
  if (service !== undefined) assertOwnService(scope, target, service)
  const moved = await moveAway(scope, { tenant, desired })
  if (moved !== undefined) return moved
  if (service !== undefined) {
    assertNotFromBefore(scope, { desired, service, handle })
    const { handle: next, ...converged } = await converge(scope, { service, desired, handle })
    return { ...converged, resourceIds: toResourceIds(next) }
  }
  if (reading.kind === 'missing') assertNotFresh(scope, target, handle)
  throw tenantNotFound(scope, target)
}

/** A tenant whose cluster or name changes leaves no service behind: where it was before, it is deleted first. */
async function moveAway(
  scope: TenantScope,
  { tenant, desired }: { readonly tenant: TenantRef; readonly desired: DesiredService },
): Promise<UpdateResult | undefined> {
  for (const former of tenantPlaces(scope, tenant)) {
    if (isSamePlace(former, desired.target)) continue
    const reading = await scope.api.describeService(former, scope.call('change'), { fresh: true })
    if (reading.kind === 'missing') {
      assertNotFresh(scope, former, handleAt(former, tenant.resourceIds))
      continue
    }
    const { service } = reading
    if (service.status !== 'ACTIVE' || !isOwnService(scope, service)) continue
    const changes = diffService(service, desired)
    const handle = await replaceService(scope, { former, service, desired, changes })
    return { status: 'in_progress', changes, resourceIds: toResourceIds(handle), message: REPLACING }
  }
  return undefined
}

/** What equals a state from before our last change may be another one by now: a change back would be taken for none. */
function assertNotFromBefore(
  scope: TenantScope,
  { desired, service, handle }: { desired: DesiredService; service: Service; handle: EcsHandle },
): void {
  const { consistency_window_seconds: consistencyWindowSeconds } = scope.settings
  const taskDefinition = desired.config.task_definition_arn
  if (!isFromBefore({ service, handle, taskDefinition, now: scope.now(), consistencyWindowSeconds })) return
  throw unseen(scope, desired.target, `does not show yet what was changed at ${handle.written_at}`)
}

/** Reads lag behind writes: what was made a moment ago is not gone because it is not found. */
function assertNotFresh(scope: TenantScope, target: ServiceTarget, handle: EcsHandle): void {
  if (!isRecent(handle.written_at, scope.now(), scope.settings.consistency_window_seconds)) return
  throw unseen(scope, target, `does not find it, though it was written at ${handle.written_at}`)
}

function unseen(scope: TenantScope, target: ServiceTarget, what: string): UnavailableError {
  return new UnavailableError({
    message: `service ${target.serviceName} on cluster ${target.clusterName}: ECS ${what}; reads may lag for ${scope.settings.consistency_window_seconds} s, so try again`,
    details: { service: target.serviceName, cluster: target.clusterArn },
  })
}
