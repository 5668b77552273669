import { AccessDeniedError, type ComputeError, ProvisionFailedError, UpdateFailedError } from '@landlord/compute-core'
import { reasonOf } from './map-docker-error.ts'
import { readTenant } from './read-tenant.ts'
import type { TenantScope } from './tenant-scope.ts'

/** The error of an update that was not carried out. What may pass by itself stays as it is, so that it is tried again. */
export async function asUpdateFailure(scope: TenantScope, error: unknown): Promise<unknown> {
  if (scope.signal.aborted || !isRefusal(error)) return error
  const tenant = await readTenant(scope)
  const instanceUsable = tenant.kind !== 'absent' && tenant.current.State.Running
  return new UpdateFailedError({
    message: `the update of tenant ${scope.ownership.tenantId} was not carried out${instanceUsable ? ' and the old container still serves' : ''}: ${error.message}`,
    instanceUsable,
    details: { ...error.details, reason: reasonOf(error) ?? error.code },
    cause: error,
  })
}

function isRefusal(error: unknown): error is ComputeError {
  return ProvisionFailedError.isInstance(error) || AccessDeniedError.isInstance(error)
}
