import type { StuckOperation } from '@landlord/api-contract'
import type { OpenOperation } from '../store/operation-store.ts'
import { count, duration } from './check.ts'

/** Younger ones are on their way. */
export const STUCK_AFTER_MS = 60_000
/** A worker reports more often than this, unless it is away or its provider does not come back. */
const SILENT_AFTER_MS = 300_000

type Explanation = Pick<StuckOperation, 'reason' | 'fix'>

/** Pure. Why an open operation does not get on, and what helps; undefined for one that does. */
export function explainStuck(operation: OpenOperation, now: Date): Explanation | undefined {
  const { tenant_name: tenant, paused_at: pausedAt, deadline_at: deadlineAt, started_at: startedAt } = operation
  if (pausedAt !== null) return { reason: `the tenant is paused since ${pausedAt}`, fix: `landlord unpause ${tenant}` }
  if (startedAt !== null && now.getTime() > Date.parse(deadlineAt)) {
    return {
      reason: `its deadline was ${deadlineAt}, and no worker has ended it`,
      fix: `start a worker; then it ends by itself, or: landlord retry ${tenant}`,
    }
  }
  switch (operation.state) {
    case 'pending':
      return explainPending(operation, now)
    case 'backing-off':
      return explainBackingOff(operation)
    default:
      return explainSilent(operation, now)
  }
}

function explainPending(operation: OpenOperation, now: Date): Explanation | undefined {
  const waited = now.getTime() - Date.parse(operation.created_at)
  if (waited < STUCK_AFTER_MS) return undefined
  return operation.triggered_at === null
    ? {
        reason: `waits for ${duration(waited)}: the workflow engine has not taken it`,
        fix: 'start the workflow engine (check `workflow engine`); the sweep then sends it by itself',
      }
    : {
        reason: `waits for ${duration(waited)}: the workflow engine has it (sent ${count(operation.trigger_count + 1, 'time')}), no worker has begun`,
        fix: 'start a worker (check `workers`); nothing else is needed',
      }
}

function explainBackingOff({ tenant_name: tenant, attempts, error, next_retry_at: next }: OpenOperation): Explanation {
  const failure = error === null ? undefined : (JSON.parse(error) as { code: string; message: string })
  const why = failure === undefined ? '' : `: ${failure.code}, ${failure.message}`
  return {
    reason: `failed ${count(attempts, 'time')} and is tried again at ${next}${why}`,
    fix: `remove the cause, then at once: landlord reconcile ${tenant}`,
  }
}

function explainSilent(
  { tenant_name: tenant, progressed_at: at, message }: OpenOperation,
  now: Date,
): Explanation | undefined {
  const silent = now.getTime() - Date.parse(at)
  if (silent < SILENT_AFTER_MS) return undefined
  return {
    reason: `nothing was heard for ${duration(silent)}${message === null ? '' : `; last: ${message}`}`,
    fix: `see whether a worker is there (check \`workers\`), then: landlord reconcile ${tenant}`,
  }
}
