import type { Tenant } from '@landlord/api-contract'
import { formatDuration } from '../render/format-time.ts'
import { oneLine } from '../render/safe-text.ts'
import type { WaitLook } from './wait-for-tenant.ts'

export interface Progress {
  /** What is going on; a change of it is news. */
  readonly text: string
  /** What changes all the time, e.g. a countdown. */
  readonly detail?: string
}

/** What a person who waits wants to know now. */
export function describeProgress(look: WaitLook, now: number): Progress {
  if (look.kind === 'no_answer')
    return { text: 'the server does not answer; still trying', detail: oneLine(look.message) }
  const { tenant } = look
  if (tenant.workflow_sub_state === 'backing-off') return describeRetry(tenant, now)
  const message = tenant.status_message ?? (tenant.workflow_sub_state === 'waiting' ? 'waiting for a worker' : '')
  return { text: oneLine(message === '' ? tenant.status : `${tenant.status}: ${message}`) }
}

function describeRetry(tenant: Tenant, now: number): Progress {
  const { workflow_error_message: error, workflow_retry_count: attempts = 0, next_retry_at: nextRetry } = tenant
  const text = oneLine(`${tenant.status}: ${error ?? 'a call of the provider failed'} (attempt ${attempts} failed)`)
  const waitMs = nextRetry === undefined ? 0 : Date.parse(nextRetry) - now
  return waitMs > 0 ? { text, detail: `next attempt in ${formatDuration(waitMs)}` } : { text, detail: 'trying again' }
}
