import { createHash } from 'node:crypto'
import { type Adoption, type AdoptionPlanned, type AdoptTenantRequest, CHANGE_EFFECTS } from '@landlord/api-contract'
import { CapabilityUnsupportedError, type JsonObject, redactConfig } from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import { askForAdoption } from '../plan/ask-for-plan.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantByName } from '../store/tenant-store.ts'
import type { Actor } from '../tenants/actor.ts'
import { newTenant } from '../tenants/create-tenant.ts'
import { isTenantId } from '../tenants/find-tenant.ts'
import { readDesired, resolveConfig, secretsByName } from '../tenants/resolve-desired.ts'
import { readOptions } from '../tenants/tenant-options.ts'
import { requireVisible, sees } from '../tenants/tenant-visibility.ts'
import { toMergePatch } from './to-merge-patch.ts'

export interface DraftedAdoption {
  /** As it would be stored. */
  readonly tenant: StoredTenant
  readonly shown: Adoption
}

/**
 * Looks at what runs, through a worker, and says what adopting it would come to. Throws `HttpProblem` where the name is taken or the
 * resource cannot be adopted, and the provider's validation errors.
 */
export async function planAdoption(
  deps: ServerDeps,
  { plan_id: _, resource, ...body }: AdoptTenantRequest,
  actor: Actor,
): Promise<DraftedAdoption> {
  await refuseTakenName(deps, body.name, actor)
  const now = deps.now()
  const desired = readDesired(deps.registry, { ...body, options: readOptions(body, now) })
  requireVisible(actor, desired.labels)
  const { capabilities, configDefaults = {}, configSchema } = deps.registry.get(desired.provider)
  if (capabilities.adopt !== true) {
    throw new CapabilityUnsupportedError({ message: `provider "${desired.provider}" cannot adopt what runs already` })
  }
  const asked = { ...newTenant(body.name, desired, now.toISOString()), adopts: resource }
  const planned = await askForAdoption(deps, { ...asked, desiredConfig: desired.computeConfig })
  const computeConfig = toMergePatch(configDefaults, planned.config as JsonObject)
  const desiredConfig = resolveConfig(deps.registry, asked.id, { ...desired, computeConfig })
  const tenant: StoredTenant = {
    ...asked,
    status: 'provisioning',
    // The one that was looked at: by the time it is adopted, another may have its name.
    adopts: planned.resource.id,
    computeConfig,
    desiredConfig,
  }
  const { steps, changes, warnings } = planned
  const shown = {
    plan_id: planId(tenant, planned),
    tenant_name: tenant.name,
    compute_provider: tenant.provider,
    resource: planned.resource,
    compute_config: redactConfig(configSchema, desiredConfig),
    steps,
    effect: CHANGE_EFFECTS.findLast((effect) => changes.some((change) => change.effect === effect)) ?? 'none',
    changes,
    warnings,
  }
  return { tenant, shown }
}

/** The same as long as the same is asked for of what still runs as it did. Of secrets it holds the references only. */
function planId(
  { name, provider, adopts, labels, annotations, secrets, options }: StoredTenant,
  { fingerprint, steps, changes }: AdoptionPlanned,
): string {
  const { expiresAt, ttlSeconds, ...lasting } = options
  // A time to live is counted anew with each look.
  const expiry = ttlSeconds ?? expiresAt
  const wishes = [name, provider, adopts, labels, annotations, secretsByName(secrets), lasting, expiry]
  const facts = [...wishes, fingerprint, steps, changes]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

async function refuseTakenName({ store }: ServerDeps, name: string, actor: Actor): Promise<void> {
  if (isTenantId(name)) {
    throw new HttpProblem({ code: 'invalid_request', detail: '/name: must not look like an id' })
  }
  const existing = await findTenantByName(store.db, name)
  if (existing === undefined) return
  const detail = `there is a tenant ${name} already; choose another name`
  throw new HttpProblem({
    code: 'conflict',
    detail,
    ...(sees(actor, existing.labels) ? { tenantId: existing.id } : {}),
  })
}
