import type { TenantComputeSpec } from '@landlord/compute-core'
import { type OperationOptions, type ProvisionResult, UnavailableError } from '@landlord/compute-core'
import { engineClock } from './advance-replacement.ts'
import { assessContainer } from './assess-container.ts'
import { cleanUp } from './clean-up.ts'
import { converge } from './converge.ts'
import { type DesiredState, desiredState } from './desired-state.ts'
import type { DockerConfig } from './docker-config.ts'
import { ensureImage } from './ensure-image.ts'
import { ensureVolumes } from './ensure-volumes.ts'
import { launchContainer } from './launch-container.ts'
import { readTenant } from './read-tenant.ts'
import { resourceIds } from './resource-ids.ts'
import { type DockerContext, type TenantScope, tenantScope } from './tenant-scope.ts'

/** Ensures the tenant's container. What exists is moved on from wherever an earlier call stopped. */
export async function provision(
  context: DockerContext,
  spec: TenantComputeSpec,
  config: DockerConfig,
  options: OperationOptions,
): Promise<ProvisionResult> {
  const scope = tenantScope(context, spec.tenantId, options)
  const desired = await desiredState(spec, config, options)
  const existing = await readTenant(scope)
  if (existing.kind === 'absent') await create(scope, desired)
  else await converge(scope, existing, desired)
  return await result(scope)
}

async function create(scope: TenantScope, desired: DesiredState): Promise<void> {
  const volumes: string[] = []
  try {
    await ensureImage(scope, desired.source, desired.onProgress)
    volumes.push(...(await ensureVolumes(scope, desired.config)))
    await launchContainer(scope, desired)
  } catch (error) {
    // Cancelled, not failed: the next call goes on from here.
    if (!scope.signal.aborted) await cleanUp(scope, volumes)
    throw error
  }
}

async function result(scope: TenantScope): Promise<ProvisionResult> {
  const tenant = await readTenant(scope)
  if (tenant.kind === 'absent') {
    throw new UnavailableError({ message: 'the container was removed while it was being provisioned; try again' })
  }
  const settled =
    tenant.kind === 'single' && assessContainer(tenant.current, await engineClock(scope)).state === 'running'
  return {
    status: settled ? 'success' : 'in_progress',
    resourceIds: tenant.kind === 'single' ? resourceIds(tenant.current) : resourceIds(tenant.current, tenant.next),
  }
}
