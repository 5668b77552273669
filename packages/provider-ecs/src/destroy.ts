import type { Service } from '@aws-sdk/client-ecs'
import type { DestroyResult, TenantRef } from '@landlord/compute-core'
import { isRecent } from './is-recent.ts'
import { type EcsHandle, handleAt, placeHandle, serviceHandle, toResourceIds } from './resource-ids.ts'
import { isOwnService } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import { tenantConfig, tenantPlaces, unknownPlace } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'

/** One place: nothing of the tenant's is there, or something still is, or may be. */
type Removal =
  | { readonly kind: 'gone' }
  | { readonly kind: 'under_way'; readonly handle: EcsHandle; readonly message: string }

/** Deletes the tenant's service, and waits for its end across calls, without blocking in any. */
export async function destroy(scope: TenantScope, tenant: TenantRef): Promise<DestroyResult> {
  const isForced = tenantConfig(tenant)?.force_delete !== false
  const places = tenantPlaces(scope, tenant)
  // Nowhere to look is not "nothing there".
  if (places.length === 0) throw unknownPlace(tenant)
  const removals: Removal[] = []
  for (const place of places) {
    removals.push(await remove(scope, { place, handle: handleAt(place, tenant.resourceIds), isForced }))
  }
  // There is room for one place in a handle. The one that only the handle names comes last: forgotten, it would be lost.
  const open = removals.findLast((removal) => removal.kind === 'under_way')
  if (open === undefined) return { status: 'destroyed', resourceIds: {} }
  return { status: 'in_progress', resourceIds: toResourceIds(open.handle), message: open.message }
}

interface RemoveInput {
  readonly place: ServiceTarget
  readonly handle: EcsHandle
  readonly isForced: boolean
}

async function remove(scope: TenantScope, input: RemoveInput): Promise<Removal> {
  const { place } = input
  const reading = await scope.api.describeService(place, scope.call('change'), { fresh: true })
  if (reading.kind === 'missing') return absent(scope, input)
  const { service } = reading
  if (service.status === 'INACTIVE') return isTheLast(input, service) ? { kind: 'gone' } : absent(scope, input)
  if (!isOwnService(scope, service)) return { kind: 'gone' }
  if (service.status === 'DRAINING') return draining(scope, input, service)
  return input.isForced ? deleteNow(scope, input, service) : deleteWhenEmpty(scope, input, service)
}

/** Whether no later service of the name can be on its way: we saw this one leave, or it is the one that we know of. */
function isTheLast({ handle }: RemoveInput, service: Service): boolean {
  if (handle.draining_since !== undefined) return true
  return handle.created_at !== undefined && handle.created_at === service.createdAt?.toISOString()
}

/**
 * ECS shows nothing, which is no proof while reads may lag behind writes: a service that was made a moment ago, or one whose
 * making may have got through although its answer did not, would be left behind for ever.
 */
function absent(scope: TenantScope, { place, handle }: RemoveInput): Removal {
  const window = scope.settings.consistency_window_seconds
  const now = scope.now()
  if (handle.draining_since !== undefined) return { kind: 'gone' }
  const isKnown = handle.created_at !== undefined
  if (isKnown && !isRecent(handle.created_at, now, window) && !isRecent(handle.written_at, now, window)) {
    return { kind: 'gone' }
  }
  const since = handle.absent_since
  if (since !== undefined && !isRecent(since, now, window)) return { kind: 'gone' }
  return {
    kind: 'under_way',
    handle: { ...placeHandle(place), ...handle, absent_since: since ?? now.toISOString() },
    message: `ECS does not find service ${place.serviceName}; reads may lag for ${window} s, so it is looked for again`,
  }
}

function draining(scope: TenantScope, { place, handle }: RemoveInput, service: Service): Removal {
  const { runningCount = 0, pendingCount = 0 } = service
  const left = runningCount + pendingCount
  return {
    kind: 'under_way',
    handle: {
      ...serviceHandle(place, service, handle),
      draining_since: handle.draining_since ?? scope.now().toISOString(),
    },
    message: left === 0 ? 'the service is draining' : `the service is draining: ${left} of its tasks still to stop`,
  }
}

function deleteNow(scope: TenantScope, input: RemoveInput, service: Service): Promise<Removal> {
  scope.onProgress(`deleting service ${input.place.serviceName}`)
  return requestDeletion(scope, input, { service, force: true })
}

/** Without force: down to no tasks first, then gone. */
async function deleteWhenEmpty(scope: TenantScope, input: RemoveInput, service: Service): Promise<Removal> {
  const { place } = input
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service
  if (desiredCount > 0) {
    const size = { cluster: place.clusterArn, service: place.serviceName, desiredCount: 0 }
    await scope.api.updateService(place, size, scope.call('change'))
    return waiting(input, service, 'scaled to no tasks; it is deleted when they have stopped')
  }
  const left = runningCount + pendingCount
  if (left > 0) return waiting(input, service, `${left} of its tasks still to stop before it is deleted`)
  return requestDeletion(scope, input, { service, force: false })
}

async function requestDeletion(
  scope: TenantScope,
  input: RemoveInput,
  { service, force }: { readonly service: Service; readonly force: boolean },
): Promise<Removal> {
  const outcome = await scope.api.deleteService(input.place, { force }, scope.call('change'))
  switch (outcome.kind) {
    case 'deleted':
      return draining(scope, input, outcome.service)
    case 'not_found':
      // It was shown a moment ago: two replicas of ECS disagree, and the next read tells which of them lags.
      return waiting(input, service, 'ECS shows the service and does not find it to delete it; it is tried again')
    case 'in_use':
      return waiting(input, service, outcome.message)
  }
}

function waiting({ place, handle }: RemoveInput, service: Service, message: string): Removal {
  return { kind: 'under_way', handle: serviceHandle(place, service, handle), message }
}
