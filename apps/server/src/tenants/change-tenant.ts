import { isDeepStrictEqual } from 'node:util'
import type { Event, PatchTenantRequest, ReplaceTenantRequest } from '@landlord/api-contract'
import { type JsonObject, mergeConfig } from '@landlord/compute-core'
import type { Transaction } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database } from '../store/database.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { checkMetadata } from './check-metadata.ts'
import { isSameDesired } from './create-tenant.ts'
import { describeChanges } from './describe-changes.ts'
import { dueWith } from './expiry-due.ts'
import { recordEvent } from './record-event.ts'
import { type DesiredInput, type DesiredState, readDesired, resolveConfig } from './resolve-desired.ts'
import { startOperation } from './start-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'
import { patchOptions, readOptions, reviveOptions } from './tenant-options.ts'
import { isMeantToBeGone, transition } from './tenant-transitions.ts'
import { requireVisible } from './tenant-visibility.ts'

/** Replaces the whole desired state. Throws `HttpProblem` where the tenant's state forbids it. */
export async function replaceDesired(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { body, actor }: { body: ReplaceTenantRequest; actor: Actor },
): Promise<Accepted> {
  const { name, ...input } = body
  refuseRename(current, name)
  const options = readOptions(input, deps.now(), current.options)
  return await change(tx, deps, current, { verb: 'put', input: { ...input, options }, actor })
}

/** Changes parts of the desired state, as a JSON merge patch (RFC 7396). */
export async function patchDesired(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { body, actor }: { body: PatchTenantRequest; actor: Actor },
): Promise<Accepted> {
  const { name, ...patch } = body
  refuseRename(current, name)
  const options = patchOptions(current.options, patch, deps.now())
  return await change(tx, deps, current, { verb: 'patch', input: { ...mergePatch(current, patch), options }, actor })
}

function mergePatch(current: StoredTenant, patch: Omit<PatchTenantRequest, 'name'>): Omit<DesiredInput, 'options'> {
  const { compute_config: config, labels, annotations, compute_provider, compute_provider_type } = patch
  return {
    ...(compute_provider ? { compute_provider } : {}),
    ...(compute_provider_type ? { compute_provider_type } : {}),
    compute_config: config === null ? {} : mergeConfig(current.computeConfig, (config ?? {}) as JsonObject),
    labels: merged(current.labels, labels),
    annotations: merged(current.annotations, annotations),
  }
}

function merged(
  current: Readonly<Record<string, string>>,
  patch: Readonly<Record<string, string | null>> | null | undefined,
): Record<string, string> {
  if (patch === null) return {}
  return mergeConfig({ ...current }, { ...patch }) as Record<string, string>
}

async function change(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { verb, input, actor }: { verb: 'put' | 'patch'; input: DesiredInput; actor: Actor },
): Promise<Accepted> {
  const desired = readDesired(deps.registry, input, current)
  checkMetadata(desired)
  requireVisible(actor, desired.labels)
  const { annotations, options } = current
  const sameSpec = isSameDesired(current, { ...desired, annotations, options })
  const sameNotes = isDeepStrictEqual({ annotations, options }, notesOf(desired))
  // A note on a failed tenant is only a note; nothing new at all asks to try again what should be there.
  const isTriedAgain = sameNotes && current.status === 'failed' && !isMeantToBeGone(current)
  const keeps = sameSpec && verb === 'patch' && !isTriedAgain
  const step = keeps ? undefined : transition(current, sameSpec ? 'put' : 'change')
  if (step?.do === 'refuse') throw conflict(current, step.why)
  if (step?.do === 'start') {
    refuseProviderChange(current, desired)
    const isRevived = isMeantToBeGone(current)
    const { expiryDueAt, ...rest } = current
    const changed = {
      ...rest,
      ...desired,
      ...dueWith(isRevived ? reviveOptions(desired.options, deps.now()) : desired.options, current),
      desiredConfig: resolveConfig(deps.registry, current.id, desired),
    }
    const data = { changes: describeChanges(deps.registry, current, changed) }
    const event: Event['type'] = onlyLabels(current, changed) ? 'tenant.labels_changed' : 'tenant.updated'
    return await startOperation(tx, deps, { current, changed, actor }, { ...step, event, data })
  }
  if (sameNotes) return { tenant: current, outcome: 'done' }
  return await note(tx, deps, current, { notes: notesOf(desired), actor })
}

type Notes = Pick<StoredTenant, 'annotations' | 'options'>

function notesOf({ annotations, options }: DesiredState): Notes {
  return { annotations: { ...annotations }, options }
}

// Annotations and options are not for the provider, so there is nothing to apply.
async function note(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { notes: { annotations, options }, actor }: { notes: Notes; actor: Actor },
): Promise<Accepted> {
  if (current.status === 'deleting') throw conflict(current, 'is being deleted; wait until it is gone')
  const at = deps.now().toISOString()
  const { expiryDueAt, ...rest } = current
  const tenant = { ...rest, annotations, ...dueWith(options, current), version: current.version + 1, updatedAt: at }
  await replaceTenant(tx, current, tenant)
  const data = { changes: describeChanges(deps.registry, current, tenant) }
  const sameOptions = isDeepStrictEqual(current.options, options)
  const type = sameOptions ? 'tenant.annotations_changed' : 'tenant.options_changed'
  await recordEvent(tx, { type, tenant, actor, at, data })
  return { tenant, outcome: 'changed' }
}

function onlyLabels(before: StoredTenant, after: StoredTenant): boolean {
  return (
    before.status !== 'archived' &&
    !isDeepStrictEqual(before.labels, { ...after.labels }) &&
    isDeepStrictEqual(before.computeConfig, after.computeConfig) &&
    isDeepStrictEqual(before.desiredConfig, after.desiredConfig)
  )
}

function refuseRename(current: StoredTenant, name: string | undefined): void {
  if (name === undefined || name === current.name) return
  const message = `is "${name}", but a tenant keeps its name ("${current.name}"); leave it out, or create a tenant of that name`
  throw new HttpProblem({
    code: 'invalid_request',
    detail: `/name: ${message}`,
    issues: [{ pointer: '/name', message }],
  })
}

// Another provider cannot find what the first one made, so the first one has to take it down before.
function refuseProviderChange(current: StoredTenant, desired: DesiredState): void {
  if (desired.provider === current.provider || current.status === 'archived') return
  throw conflict(
    current,
    `runs on provider "${current.provider}" and cannot move to "${desired.provider}" while it may have compute; archive it first, then PUT it with the new provider`,
  )
}

export function conflict(tenant: StoredTenant, why: string): HttpProblem {
  return new HttpProblem({ code: 'conflict', detail: `tenant ${tenant.name} ${why}`, tenantId: tenant.id })
}
