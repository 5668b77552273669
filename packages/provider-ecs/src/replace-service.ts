import type { Service } from '@aws-sdk/client-ecs'
import { type ConfigChange, InvalidConfigError, UnavailableError } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import { replacementPaths } from './diff-service.ts'
import { preflight } from './preflight.ts'
import { type EcsHandle, placeHandle } from './resource-ids.ts'
import { assertOwnService } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import type { TenantScope } from './tenant-scope.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

export interface Replacement {
  /** Where the service is that has to go. */
  readonly former: ServiceTarget
  readonly service: Service
  readonly desired: DesiredService
  readonly changes: readonly ConfigChange[]
}

/**
 * Deletes a service that cannot become what is wanted. The new one is never made in the same call: a deletion that is known
 * to the control plane can be followed from there, a service whose making it never heard of cannot. It is made by the
 * `provision` that follows once `getStatus` says that there is none. Throws `InvalidConfigError` unless `replace` is `allow`.
 */
export async function replaceService(scope: TenantScope, replacement: Replacement): Promise<EcsHandle> {
  const { former, service, desired, changes } = replacement
  assertOwnService(scope, former, service)
  if (desired.config.replace !== 'allow') throw refusal(scope, changes)
  // Whatever can be found out now is found out before anything is gone.
  await preflight(scope, desired, toCreateServiceInput(desired, { clientToken: '-' }))
  scope.onProgress(`deleting service ${former.serviceName} to make it anew`)
  const outcome = await scope.api.deleteService(former, { force: true }, scope.call('change'))
  if (outcome.kind !== 'deleted') {
    throw new UnavailableError({
      message: `service ${former.serviceName} on cluster ${former.clusterName} is shown by ECS, but it was not found to be deleted; try again`,
      details: { service: former.serviceName, cluster: former.clusterArn },
    })
  }
  const replaces = service.createdAt?.toISOString()
  return { ...placeHandle(desired.target), ...(replaces === undefined ? {} : { replaces }) }
}

export const REPLACING = 'the service is deleted and made anew, as `replace: allow` says: ECS cannot change it in place'

function refusal(scope: TenantScope, changes: readonly ConfigChange[]): InvalidConfigError {
  return new InvalidConfigError({
    subject: `update of tenant ${scope.tenantId}`,
    issues: replacementPaths(changes).map((path) => ({
      path,
      keyword: 'rule',
      message:
        'cannot be changed on an existing service; keep the value, or set `replace: allow` to have the service deleted and made anew, which stops the tenant for some minutes',
    })),
  })
}
