import { SETTLED_STATUSES } from '@landlord/api-contract'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { TenantSignals } from './tenant-signals.ts'

/** How often a wait looks again on its own, for what another server wrote and this one was not told of. */
const REREAD_INTERVAL_MS = 2_000

export type WaitResult =
  | { readonly outcome: 'reached'; readonly tenant: StoredTenant }
  | { readonly outcome: 'gone'; readonly tenant?: StoredTenant }
  | { readonly outcome: 'timeout' | 'aborted'; readonly tenant: StoredTenant }

export interface Wait {
  readonly tenantId: string
  /** Reads the tenant; undefined when it is gone. */
  readonly read: () => Promise<StoredTenant | undefined>
  readonly until: ReadonlySet<string>
  readonly timeoutMs: number
  readonly signals: TenantSignals
  /** The client went away, or the server stops. */
  readonly signal: AbortSignal
}

/** Waits until one of the conditions holds, the tenant is gone, or the time is up. Nothing polls but a slow re-read. */
export async function waitForTenant(wait: Wait): Promise<WaitResult> {
  const deadline = AbortSignal.timeout(wait.timeoutMs)
  let seen: StoredTenant | undefined
  for (;;) {
    // Subscribed before the read: a change in between is not missed.
    const change = nextChange(wait, AbortSignal.any([deadline, wait.signal]))
    try {
      const tenant = await wait.read()
      if (tenant === undefined) return seen === undefined ? { outcome: 'gone' } : { outcome: 'gone', tenant: seen }
      seen = tenant
      if (holds(wait.until, tenant)) return { outcome: 'reached', tenant }
      if (wait.signal.aborted) return { outcome: 'aborted', tenant }
      if (deadline.aborted) return { outcome: 'timeout', tenant }
      await change.happened
    } finally {
      change.cancel()
    }
  }
}

function holds(until: ReadonlySet<string>, tenant: StoredTenant): boolean {
  if (until.has(tenant.status)) return true
  return until.has('settled') && SETTLED_STATUSES.some((status) => status === tenant.status)
}

function nextChange(wait: Wait, ends: AbortSignal): { happened: Promise<void>; cancel: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  const unsubscribe = wait.signals.subscribe(wait.tenantId, resolve)
  const timer = setTimeout(resolve, REREAD_INTERVAL_MS)
  const end = () => resolve()
  ends.addEventListener('abort', end)
  if (ends.aborted) resolve()
  return {
    happened: promise,
    cancel() {
      unsubscribe()
      clearTimeout(timer)
      ends.removeEventListener('abort', end)
    },
  }
}
