import type { OwnedResourceReport } from '@landlord/api-contract'
import { type JsonObject, mergeConfig } from '@landlord/compute-core'
import type { Transaction } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database, OrphanRow } from '../store/database.ts'
import { deleteOrphan as deleteRow, findOrphan } from '../store/orphan-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, insertTenant } from '../store/tenant-store.ts'
import type { Accepted } from '../tenants/accepted.ts'
import type { Actor } from '../tenants/actor.ts'
import { newTenant } from '../tenants/create-tenant.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { insertNewOperation, startOperation } from '../tenants/start-operation.ts'
import type { TenantDeps } from '../tenants/tenant-deps.ts'
import { readOptions } from '../tenants/tenant-options.ts'
import { parseResources, whyNotDeletable } from './to-orphan.ts'

/**
 * Has an orphan destroyed as a tenant is: it becomes one that is being deleted, or archived once more where its tenant is. So
 * retries, deadlines, progress and the audit trail are those of any deletion. That nobody owns it is checked here, in the
 * transaction that makes the tenant; that it carries our marks, by the provider, which removes nothing else.
 */
export async function deleteOrphan(
  tx: Transaction<Database>,
  deps: TenantDeps,
  id: string,
  actor: Actor,
): Promise<Accepted> {
  const orphan = await findOrphan(tx, id)
  const why = orphan === undefined ? undefined : whyNotDeletable(orphan)
  if (why !== undefined) throw new HttpProblem({ code: 'conflict', detail: `orphan ${id} ${why}` })
  // Before anything else is written: of two servers one waits here for the other, and then finds nothing.
  if (orphan === undefined || !(await deleteRow(tx, id))) throw noSuchOrphan(id)
  const leftover = toLeftover(deps, orphan)
  const archived = await findTenantById(tx, orphan.tenant_id)
  if (archived === undefined) {
    return { tenant: await becomeTenant(tx, deps, { orphan, leftover, actor }), outcome: 'started' }
  }
  if (archived.provider !== orphan.provider) throw isElsewhere(orphan, archived)
  const changed = { ...archived, ...leftover }
  const begin = { kind: 'archive', status: 'archiving', raisesGeneration: true, ...requested(orphan) } as const
  return await startOperation(tx, deps, { current: archived, changed, actor }, begin)
}

function requested(orphan: OrphanRow) {
  const resources = parseResources(orphan).map(({ kind, id, name }) => ({ kind, id, name }))
  return { event: 'orphan.delete_requested', data: { compute_provider: orphan.provider, resources } } as const
}

type Leftover = Required<Pick<StoredTenant, 'resourceIds' | 'appliedConfig'>>

/**
 * What the provider needs to find it. Where there are several places, the first by its configuration and the last by its
 * handle; a provider looks at both, and the next scan shows what may be left at a third.
 */
function toLeftover({ registry }: TenantDeps, orphan: OrphanRow): Leftover {
  if (!registry.has(orphan.provider)) {
    const detail = `provider ${orphan.provider} is not configured any more; add its block under compute: first`
    throw new HttpProblem({ code: 'conflict', detail })
  }
  const resources = parseResources(orphan)
  const config = resources.find(hasConfig)?.provider_config as JsonObject | undefined
  return {
    resourceIds: resources.findLast((resource) => resource.resource_ids !== undefined)?.resource_ids ?? {},
    appliedConfig: mergeConfig(registry.get(orphan.provider).configDefaults ?? {}, config ?? {}),
  }
}

function hasConfig(resource: OwnedResourceReport): boolean {
  return resource.provider_config !== undefined
}

async function becomeTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { orphan, leftover, actor }: { orphan: OrphanRow; leftover: Leftover; actor: Actor },
): Promise<StoredTenant> {
  const now = deps.now()
  const at = now.toISOString()
  const { tenant_id: id, provider } = orphan
  const wish = { provider, computeConfig: {}, secrets: [], labels: {}, annotations: {}, options: readOptions({}, now) }
  const tenant: StoredTenant = {
    ...newTenant(`orphan-${id}`, wish, at),
    ...leftover,
    id,
    status: 'deleting',
    desiredConfig: leftover.appliedConfig,
    live: true,
  }
  if (!(await insertTenant(tx, tenant))) {
    const detail = `there is a tenant ${tenant.name} already; give it another name or delete it first`
    throw new HttpProblem({ code: 'conflict', detail })
  }
  await insertNewOperation(tx, deps, tenant, { kind: 'delete', actor, now })
  const { event, data } = requested(orphan)
  await recordEvent(tx, {
    type: event,
    tenant,
    ...(tenant.operationId === undefined ? {} : { operationId: tenant.operationId }),
    actor,
    at,
    data: { ...data, kind: 'delete' },
  })
  return tenant
}

// The scan that found it came before the tenant's last change of provider.
function isElsewhere({ id, provider }: OrphanRow, { name, provider: current }: StoredTenant): HttpProblem {
  const detail = `orphan ${id} is at ${provider}, and tenant ${name} is archived at provider ${current}; look at it at ${provider}, and remove it there`
  return new HttpProblem({ code: 'conflict', detail })
}

function noSuchOrphan(id: string): HttpProblem {
  const detail = `there is no orphan ${JSON.stringify(id)}; GET /v1/orphans lists them, POST /v1/orphans/scan looks again`
  return new HttpProblem({ code: 'not_found', detail })
}
