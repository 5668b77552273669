import { isDeepStrictEqual } from 'node:util'
import type { Event, PatchTenantRequest, ReplaceTenantRequest } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database } from '../store/database.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { describeChanges } from './describe-changes.ts'
import { type Intent, intendPatch, intendReplacement } from './intend-change.ts'
import { recordEvent } from './record-event.ts'
import { secretsByName } from './resolve-desired.ts'
import { startOperation } from './start-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'

/** Replaces the whole desired state. Throws as `intendReplacement` does. */
export async function replaceDesired(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { body, actor }: { body: ReplaceTenantRequest; actor: Actor },
): Promise<Accepted> {
  return await carryOut(tx, deps, { current, intent: intendReplacement(deps, current, { body, actor }), actor })
}

/** Changes parts of the desired state. Throws as `intendPatch` does. */
export async function patchDesired(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { body, actor }: { body: PatchTenantRequest; actor: Actor },
): Promise<Accepted> {
  return await carryOut(tx, deps, { current, intent: intendPatch(deps, current, { body, actor }), actor })
}

async function carryOut(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { current, intent, actor }: { current: StoredTenant; intent: Intent; actor: Actor },
): Promise<Accepted> {
  if (intent.do === 'nothing') return { tenant: current, outcome: 'done' }
  if (intent.do === 'note') return await note(tx, deps, { current, changed: intent.changed, actor })
  const { changed, step } = intent
  const data = { changes: describeChanges(deps.registry, current, changed) }
  const event: Event['type'] = onlyLabels(current, changed) ? 'tenant.labels_changed' : 'tenant.updated'
  return await startOperation(tx, deps, { current, changed, actor }, { ...step, event, data })
}

async function note(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { current, changed, actor }: { current: StoredTenant; changed: StoredTenant; actor: Actor },
): Promise<Accepted> {
  const at = deps.now().toISOString()
  const tenant = { ...changed, version: current.version + 1, updatedAt: at }
  await replaceTenant(tx, current, tenant)
  const data = { changes: describeChanges(deps.registry, current, tenant) }
  const sameOptions = isDeepStrictEqual(current.options, changed.options)
  const type = sameOptions ? 'tenant.annotations_changed' : 'tenant.options_changed'
  await recordEvent(tx, { type, tenant, actor, at, data })
  return { tenant, outcome: 'changed' }
}

function onlyLabels(before: StoredTenant, after: StoredTenant): boolean {
  return (
    before.status !== 'archived' &&
    !isDeepStrictEqual(before.labels, { ...after.labels }) &&
    isDeepStrictEqual(before.computeConfig, after.computeConfig) &&
    isDeepStrictEqual(secretsByName(before.secrets), secretsByName(after.secrets)) &&
    isDeepStrictEqual(before.desiredConfig, after.desiredConfig)
  )
}
