import type { ComputePlan, TenantRef } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import { diffFromNothing, diffService, replacementPaths } from './diff-service.ts'
import { assertOwnService, isOwnService } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import { isSamePlace, tenantPlaces } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'

/** What an update would do, from fresh reads. Writes nothing. */
export async function plan(
  scope: TenantScope,
  { tenant, desired }: { readonly tenant: TenantRef; readonly desired: DesiredService },
): Promise<ComputePlan> {
  const service = await readActive(scope, desired.target)
  if (service !== undefined) assertOwnService(scope, desired.target, service)
  const live = (await readFormer(scope, tenant, desired)) ?? service
  if (live === undefined) return { action: 'create', changes: diffFromNothing(desired) }
  const changes = diffService(live, desired)
  const paths = replacementPaths(changes)
  return {
    action: changes.length > 0 ? 'update' : 'no_changes',
    changes,
    ...(paths.length > 0 ? { warnings: [replacementWarning(paths, desired)] } : {}),
  }
}

async function readActive(scope: TenantScope, target: ServiceTarget) {
  const reading = await scope.api.describeService(target, scope.call('background'), { fresh: true })
  return reading.kind === 'found' && reading.service.status === 'ACTIVE' ? reading.service : undefined
}

/** The tenant's own service at another place, which a move would leave. */
async function readFormer(scope: TenantScope, tenant: TenantRef, desired: DesiredService) {
  for (const former of tenantPlaces(scope, tenant)) {
    if (isSamePlace(former, desired.target)) continue
    const service = await readActive(scope, former)
    if (service !== undefined && isOwnService(scope, service)) return service
  }
  return undefined
}

function replacementWarning(paths: readonly string[], { config }: DesiredService): string {
  const what = `${paths.join(', ')} cannot be changed on an existing service`
  return config.replace === 'allow'
    ? `${what}: it is deleted and made anew, which stops the tenant for some minutes`
    : `${what}: the update would be refused; set \`replace: allow\` to have it deleted and made anew`
}
