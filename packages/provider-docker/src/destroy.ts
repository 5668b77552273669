import type { DestroyResult, OperationOptions, TenantRef } from '@landlord/compute-core'
import { DestroyFailedError, isOwnedBy } from '@landlord/compute-core'
import type { ContainerInfo, VolumeInspectInfo } from 'dockerode'
import { listNetworks, removeNetwork } from './ensure-network.ts'
import { removeVolume } from './ensure-volumes.ts'
import { fromContainer } from './from-container.ts'
import { statusOf } from './map-docker-error.ts'
import { markFilters } from './mark-filters.ts'
import { inspectContainer, listTenantContainers } from './read-tenant.ts'
import { removeContainer } from './remove-container.ts'
import { removeSharedNetwork } from './remove-shared-network.ts'
import { stopContainer } from './stop-container.ts'
import { type DockerContext, type TenantScope, tenantScope } from './tenant-scope.ts'

const IN_USE = 409

/** Removes everything that carries the tenant's marks, found by labels alone; what others remove meanwhile does not matter. */
export async function destroy(
  context: DockerContext,
  tenant: TenantRef,
  options: OperationOptions,
): Promise<DestroyResult> {
  const scope = tenantScope(context, tenant.tenantId, options)
  await scope.client.settleAbandonedWrites(scope.signal)
  const containers = await listTenantContainers(scope)
  const gone = await Promise.all(containers.map((container) => stopAndRemove(scope, container)))
  if (gone.includes(false)) {
    return { status: 'in_progress', resourceIds: tenant.resourceIds, message: 'waiting for the container to stop' }
  }
  await removeVolumes(scope)
  await removeOwnNetworks(scope)
  await removeSharedNetwork(scope)
  return { status: 'destroyed', resourceIds: {} }
}

async function removeOwnNetworks(scope: TenantScope): Promise<void> {
  for (const { Id, Name, Labels } of await listNetworks(scope, markFilters(scope.marks))) {
    if (!isOwnedBy(Labels, scope.ownership) || (await removeNetwork(scope, Id))) continue
    throw new DestroyFailedError({
      message: `network ${Name} of tenant ${scope.ownership.tenantId} is used by a container that is not Landlord's; disconnect or remove that container`,
      details: { network: Name },
    })
  }
}

async function stopAndRemove(scope: TenantScope, { Id, Names, State }: ContainerInfo): Promise<boolean> {
  const name = (Names[0] ?? Id).replace(/^\//, '')
  if (State === 'running' || State === 'restarting' || State === 'paused') {
    const container = await inspectContainer(scope, Id)
    const graceSeconds = container === undefined ? undefined : fromContainer(container)?.stop_timeout_seconds
    const stopped = await stopContainer(scope, {
      id: Id,
      name,
      ...(graceSeconds === undefined ? {} : { graceSeconds }),
    })
    if (!stopped) return false
  }
  await removeContainer(scope, Id, name)
  return true
}

async function removeVolumes(scope: TenantScope): Promise<void> {
  const { Volumes } = await scope.client.request<{ Volumes: VolumeInspectInfo[] | null }>({
    action: 'list the tenant’s volumes',
    method: 'GET',
    path: '/volumes',
    query: { filters: markFilters(scope.marks) },
    signal: scope.signal,
  })
  for (const { Name, Labels } of Volumes ?? []) {
    if (!isOwnedBy(Labels, scope.ownership)) continue
    try {
      await removeVolume(scope, Name)
    } catch (error) {
      if (statusOf(error) !== IN_USE) throw error
      throw new DestroyFailedError({
        message: `volume ${Name} of tenant ${scope.ownership.tenantId} is used by a container that is not Landlord's; remove that container`,
        details: { volume: Name },
        cause: error,
      })
    }
  }
}
