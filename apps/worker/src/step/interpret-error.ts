import type { Failure } from '@landlord/api-contract'
import { TenantNotFoundError, ThrottledError, UpdateFailedError } from '@landlord/compute-core'
import type { Cursor, Work } from './cursor.ts'
import { isRemoval, type ProviderAction } from './decide.ts'
import { retryDelayMs } from './retry-delay.ts'
import { toFailure } from './to-failure.ts'
import type { Verdict } from './verdict.ts'

export interface ErrorContext {
  readonly work: Work
  readonly cursor: Cursor
  readonly action: ProviderAction
  readonly now: Date
  /** How often in a row a call may fail before the operation does. Destroying is bounded by its deadline alone. */
  readonly maxAttempts: number
}

const LONGEST_REMEMBERED_ERROR = 500

/** Pure. A call of the provider was rejected. */
export function interpretError(context: ErrorContext, error: unknown): Verdict {
  const { cursor, action, work } = context
  // What was adopted and is gone was somebody's: it is not made anew behind their back.
  const isMissing = TenantNotFoundError.isInstance(error) && work.adopts === undefined
  if (isMissing && action === 'update') return recreate(context)

  const failure = toFailure(error)
  // What was there a moment ago is gone: somebody removed it, or the target is not consistent yet. Provision again, slowly.
  const again: Cursor = isMissing && action === 'look' ? { ...cursor, phase: 'recreate' } : cursor
  if (!failure.retryable && again === cursor) return fail(work, failure, !UpdateFailedError.isInstance(error))

  const failures = cursor.failures + 1
  if (failures >= context.maxAttempts && !isRemoval(work)) {
    const message = `gave up after ${failures} failed attempts; the last: ${failure.message}`
    return fail(work, { ...failure, message }, !UpdateFailedError.isInstance(error))
  }
  return backOff(context, again, failure, ThrottledError.isInstance(error) ? (error.retryAfterMs ?? 0) : 0)
}

/**
 * Told before it is done: from then on the server looks for the tenant where the new configuration puts it, also when the
 * answer of the provision is lost.
 */
function recreate({ work, cursor, now }: ErrorContext): Verdict {
  return {
    next: 'wait',
    cursor: { ...cursor, phase: 'recreate', reportedAt: now.getTime() },
    delayMs: 0,
    report: {
      operation_id: work.operation.id,
      generation: work.generation,
      outcome: 'in_progress',
      attempts: cursor.attempts,
      resource_ids: {},
      message: 'nothing is there to update; it is made anew',
    },
  }
}

function backOff({ work, now }: ErrorContext, cursor: Cursor, failure: Failure, atLeastMs: number): Verdict {
  const failures = cursor.failures + 1
  const attempts = cursor.attempts + 1
  const wanted = Math.max(atLeastMs, retryDelayMs(failures, work.operation.id))
  const delayMs = Math.min(wanted, millisecondsLeft(work, now))
  return {
    next: 'wait',
    cursor: {
      ...cursor,
      failures,
      attempts,
      reportedAt: now.getTime(),
      lastError: failure.message.slice(0, LONGEST_REMEMBERED_ERROR),
    },
    delayMs,
    report: {
      operation_id: work.operation.id,
      generation: work.generation,
      outcome: 'backing_off',
      attempts,
      next_retry_at: new Date(now.getTime() + delayMs).toISOString(),
      error: failure,
    },
  }
}

export function fail(work: Work, error: Failure, askUsable: boolean): Extract<Verdict, { next: 'fail' }> {
  const report = {
    operation_id: work.operation.id,
    generation: work.generation,
    outcome: 'failed' as const,
    error,
  }
  return { next: 'fail', report, askUsable: askUsable && Object.keys(work.resource_ids).length > 0 }
}

/** Until the deadline; no wait is longer, so that the step after it reports the timeout on time. */
export function millisecondsLeft(work: Work, now: Date): number {
  return Math.max(0, Date.parse(work.operation.deadline_at) - now.getTime())
}
