import type { Failure, WorkerReport } from '@landlord/api-contract'
import {
  type DestroyResult,
  type ProvisionResult,
  type ResourceIds,
  TenantNotFoundError,
  type UpdateResult,
} from '@landlord/compute-core'
import { type Cursor, recovered, type Work } from './cursor.ts'
import { type ErrorContext, fail, interpretError, millisecondsLeft } from './interpret-error.ts'
import { lookDelayMs } from './retry-delay.ts'
import type { Verdict } from './verdict.ts'

/** What a call that changes something came to. */
export type CallResult =
  | { readonly kind: 'applied'; readonly result: ProvisionResult | UpdateResult }
  | { readonly kind: 'adoption'; readonly result: ProvisionResult }
  | { readonly kind: 'removal'; readonly result: DestroyResult }
  | { readonly kind: 'rejected'; readonly error: unknown }

/** Pure. The provider's answer to provision, update or destroy. */
export function interpret(context: ErrorContext, call: CallResult): Verdict {
  switch (call.kind) {
    case 'applied':
      return interpretApplied(context, call.result)
    case 'adoption':
      return interpretAdoption(context, call.result)
    case 'removal':
      return interpretRemoval(context, call.result)
    case 'rejected':
      // The contract wants `destroyed` here; a provider that says "not found" means the same.
      return context.action === 'destroy' && TenantNotFoundError.isInstance(call.error)
        ? gone(context.work)
        : interpretError(context, call.error)
  }
}

function interpretApplied({ work, cursor, now }: ErrorContext, result: ProvisionResult | UpdateResult): Verdict {
  const changes = 'changes' in result && result.changes.length > 0 ? { changes: [...result.changes] } : {}
  if (result.status === 'failed') {
    const verdict = fail(work, refusal(work, result), true)
    return { ...verdict, report: { ...verdict.report, ...changes, resource_ids: result.resourceIds } }
  }
  const watching: Cursor = { ...recovered(cursor), phase: 'watch', looks: 0, reportedAt: now.getTime() }
  return {
    next: 'look',
    cursor: result.message === undefined ? watching : { ...watching, message: result.message },
    report: { ...progress(work, cursor.attempts, result.resourceIds, result.message), ...changes },
  }
}

/** Once it is ours its handle is saved, and from then on it is updated as any tenant. */
function interpretAdoption({ work, cursor, now }: ErrorContext, result: ProvisionResult): Verdict {
  const { status, resourceIds } = result
  const message = result.message ?? (status === 'success' ? 'adopted' : 'being adopted')
  if (status === 'failed') {
    const error = { code: 'provision_failed', message, retryable: false, instance_usable: true }
    return fail(work, error, false)
  }
  const isOurs = status === 'success'
  return {
    next: 'wait',
    cursor: { ...recovered(cursor), looks: isOurs ? 0 : cursor.looks + 1, reportedAt: now.getTime(), message },
    delayMs: isOurs ? 0 : Math.min(lookDelayMs(cursor.looks), millisecondsLeft(work, now)),
    report: progress(work, cursor.attempts, isOurs ? resourceIds : {}, message),
  }
}

function interpretRemoval({ work, cursor, now }: ErrorContext, result: DestroyResult): Verdict {
  if (result.status === 'destroyed') return gone(work)
  const message = result.message ?? 'being removed'
  return {
    next: 'wait',
    cursor: { ...recovered(cursor), looks: cursor.looks + 1, reportedAt: now.getTime(), message },
    delayMs: Math.min(lookDelayMs(cursor.looks), millisecondsLeft(work, now)),
    report: progress(work, cursor.attempts, result.resourceIds, message),
  }
}

function gone(work: Work): Verdict {
  return {
    next: 'succeed',
    report: {
      operation_id: work.operation.id,
      generation: work.generation,
      outcome: 'succeeded',
      resource_ids: {},
      endpoints: [],
    },
  }
}

function progress(
  work: Work,
  attempts: number,
  resourceIds: ResourceIds,
  message: string | undefined,
): Extract<WorkerReport, { outcome: 'in_progress' }> {
  return {
    operation_id: work.operation.id,
    generation: work.generation,
    outcome: 'in_progress',
    attempts,
    resource_ids: resourceIds,
    ...(message === undefined ? {} : { message }),
  }
}

function refusal(work: Work, result: ProvisionResult | UpdateResult): Failure {
  return {
    code: work.operation.kind === 'provision' ? 'provision_failed' : 'update_failed',
    message: result.message ?? 'the provider refused the change and did not say why',
    retryable: false,
    instance_usable: false,
  }
}
