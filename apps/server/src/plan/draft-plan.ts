import type { CreateTenantRequest } from '@landlord/api-contract'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { Actor } from '../tenants/actor.ts'
import { conflict } from '../tenants/conflict.ts'
import { intendCreation } from '../tenants/create-tenant.ts'
import type { Intent } from '../tenants/intend-change.ts'
import type { TenantDeps } from '../tenants/tenant-deps.ts'
import { transition } from '../tenants/tenant-transitions.ts'

/** What a plan is about, before anybody has looked at the target. */
export interface PlanDraft {
  /** The tenant as it is; absent while there is none. */
  readonly current?: StoredTenant
  /** The tenant as it would be. */
  readonly next: StoredTenant
  /** Whether compute has a part in it: then its provider is asked. */
  readonly reachesCompute: boolean
  readonly warnings: readonly string[]
}

/** Throws what creating would throw. */
export function draftCreation(
  deps: TenantDeps,
  { body, existing, actor }: { body: CreateTenantRequest; existing: StoredTenant | undefined; actor: Actor },
): PlanDraft {
  const tenant = intendCreation(deps, body, { existing, actor, now: deps.now() })
  if (existing === undefined) return { next: tenant, reachesCompute: true, warnings: [] }
  const warnings = [`there is a tenant ${tenant.name} already, just as it is asked for: creating it changes nothing`]
  return { current: tenant, next: tenant, reachesCompute: false, warnings }
}

/** Of a change that was accepted, had it not been a plan. */
export function draftChange(current: StoredTenant, intent: Intent): PlanDraft {
  switch (intent.do) {
    case 'nothing':
      return {
        current,
        next: current,
        reachesCompute: false,
        warnings: [
          'the desired state stays as it is, so nothing would be applied; a plan without a change compares it with the live state',
        ],
      }
    case 'note':
      return { current, next: intent.changed, reachesCompute: false, warnings: [] }
    case 'start':
      return {
        current,
        next: intent.changed,
        reachesCompute: true,
        warnings: circumstances(current, 'is superseded by it'),
      }
  }
}

/** What is there against what should be. Throws what reconciling would throw. */
export function draftReconciliation(current: StoredTenant): PlanDraft {
  const step = transition(current, 'reconcile')
  if (step.do === 'refuse') throw conflict(current, step.why)
  if (step.do === 'start' && (step.kind === 'archive' || step.kind === 'delete')) {
    throw conflict(current, `is meant to be gone, as its ${step.kind} has failed; retry that, or PUT its desired state`)
  }
  return { current, next: current, reachesCompute: true, warnings: circumstances(current, 'may make part of this') }
}

function circumstances({ workflowSubState, pausedAt }: StoredTenant, meaning: string): string[] {
  const isOpen = workflowSubState !== undefined && workflowSubState !== 'succeeded' && workflowSubState !== 'failed'
  return [
    ...(isOpen ? [`an operation is under way; it ${meaning}`] : []),
    ...(pausedAt === undefined ? [] : ['the tenant is paused: nothing is applied before it is unpaused']),
  ]
}
