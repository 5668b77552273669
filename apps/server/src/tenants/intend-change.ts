import { isDeepStrictEqual } from 'node:util'
import type { PatchTenantRequest, ReplaceTenantRequest } from '@landlord/api-contract'
import { type JsonObject, mergeConfig } from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { Actor } from './actor.ts'
import { checkMetadata } from './check-metadata.ts'
import { conflict } from './conflict.ts'
import { isSameDesired } from './create-tenant.ts'
import { dueWith } from './expiry-due.ts'
import { type DesiredInput, type DesiredState, readDesired, resolveConfig } from './resolve-desired.ts'
import type { TenantDeps } from './tenant-deps.ts'
import { patchOptions, readOptions, reviveOptions } from './tenant-options.ts'
import { isMeantToBeGone, type Transition, transition } from './tenant-transitions.ts'
import { requireVisible } from './tenant-visibility.ts'

/** What a change comes to, before any of it is carried out: a plan ends here, a write goes on. */
export type Intent =
  | { readonly do: 'nothing' }
  /** Only what is not for the provider. */
  | { readonly do: 'note'; readonly changed: StoredTenant }
  | { readonly do: 'start'; readonly changed: StoredTenant; readonly step: Extract<Transition, { do: 'start' }> }

type IntendDeps = Pick<TenantDeps, 'registry' | 'now'>

/** Of the whole desired state. Throws `HttpProblem` where the tenant's state forbids it, and the provider's validation errors. */
export function intendReplacement(
  deps: IntendDeps,
  current: StoredTenant,
  { body, actor }: { body: ReplaceTenantRequest; actor: Actor },
): Intent {
  const { name, ...input } = body
  refuseRename(current, name)
  const options = readOptions(input, deps.now(), current.options)
  return intend(deps, current, { verb: 'put', input: { ...input, options }, actor })
}

/** Of parts of the desired state, as a JSON merge patch (RFC 7396). Throws as `intendReplacement` does. */
export function intendPatch(
  deps: IntendDeps,
  current: StoredTenant,
  { body, actor }: { body: PatchTenantRequest; actor: Actor },
): Intent {
  const { name, ...patch } = body
  refuseRename(current, name)
  const options = patchOptions(current.options, patch, deps.now())
  return intend(deps, current, { verb: 'patch', input: { ...mergePatch(current, patch), options }, actor })
}

function mergePatch(current: StoredTenant, patch: Omit<PatchTenantRequest, 'name'>): Omit<DesiredInput, 'options'> {
  const { compute_config: config, secrets, labels, annotations, compute_provider, compute_provider_type } = patch
  return {
    ...(compute_provider ? { compute_provider } : {}),
    ...(compute_provider_type ? { compute_provider_type } : {}),
    compute_config: config === null ? {} : mergeConfig(current.computeConfig, (config ?? {}) as JsonObject),
    secrets: secrets === undefined ? current.secrets : (secrets ?? []),
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

function intend(
  deps: IntendDeps,
  current: StoredTenant,
  { verb, input, actor }: { verb: 'put' | 'patch'; input: DesiredInput; actor: Actor },
): Intent {
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
  if (step?.do === 'start') return { do: 'start', step, changed: applied(deps, current, desired) }
  return sameNotes ? { do: 'nothing' } : noted(current, desired)
}

function applied(deps: IntendDeps, current: StoredTenant, desired: DesiredState): StoredTenant {
  refuseProviderChange(current, desired)
  const isRevived = isMeantToBeGone(current)
  const { expiryDueAt, ...rest } = current
  return {
    ...rest,
    ...desired,
    ...dueWith(isRevived ? reviveOptions(desired.options, deps.now()) : desired.options, current),
    desiredConfig: resolveConfig(deps.registry, current.id, desired),
  }
}

// Annotations and options are not for the provider, so there is nothing to apply.
function noted(current: StoredTenant, desired: DesiredState): Intent {
  if (current.status === 'deleting') throw conflict(current, 'is being deleted; wait until it is gone')
  const { expiryDueAt, ...rest } = current
  const { annotations, options } = notesOf(desired)
  return { do: 'note', changed: { ...rest, annotations, ...dueWith(options, current) } }
}

function notesOf({ annotations, options }: DesiredState): Pick<StoredTenant, 'annotations' | 'options'> {
  return { annotations: { ...annotations }, options }
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
