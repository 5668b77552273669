import type { OperationOptions, UpdateResult } from '@landlord/compute-core'
import { asUpdateFailure } from './as-update-failure.ts'
import { converge } from './converge.ts'
import { desiredState, type WantedTenant } from './desired-state.ts'
import { readTenant } from './read-tenant.ts'
import { resourceIds } from './resource-ids.ts'
import { tenantNotFound } from './tenant-not-found.ts'
import { type DockerContext, tenantScope } from './tenant-scope.ts'

export async function update(
  context: DockerContext,
  { tenant, spec, config }: WantedTenant,
  options: OperationOptions,
): Promise<UpdateResult> {
  const scope = tenantScope(context, tenant.tenantId, options)
  const existing = await readTenant(scope)
  if (existing.kind === 'absent') throw tenantNotFound(scope)
  const desired = await desiredState(spec, config, options)
  const { status, changes } = await converge(scope, existing, desired).catch(async (error: unknown) => {
    throw await asUpdateFailure(scope, error)
  })
  if (status === 'no_changes') return { status, changes, resourceIds: resourceIds(existing.current) }
  const after = await readTenant(scope)
  if (after.kind === 'absent') throw tenantNotFound(scope)
  return {
    status,
    changes,
    resourceIds: after.kind === 'single' ? resourceIds(after.current) : resourceIds(after.current, after.next),
  }
}
