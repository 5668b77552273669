import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, ConnectionError, type LandlordClient, SETTLED_STATUSES, type Tenant } from '@landlord/api-contract'

/** What ends a wait: a status, `settled` (nothing is under way any more) or `gone` (deleted). */
export type WaitCondition = Tenant['status'] | 'settled' | 'gone'

export interface WaitGoal {
  readonly until: readonly WaitCondition[]
  /** Gives up when the tenant comes to rest somewhere else; otherwise only when it fails. */
  readonly endsWhenSettled: boolean
}

export type WaitOutcome =
  | { readonly kind: 'reached'; readonly tenant: Tenant }
  | { readonly kind: 'gone' }
  /** Came to rest, but not where it should. */
  | { readonly kind: 'failed' | 'elsewhere'; readonly tenant: Tenant }
  | { readonly kind: 'vanished' | 'timeout' | 'interrupted' }

export interface WaitOptions {
  readonly client: Pick<LandlordClient, 'getTenant'>
  /** The id: a name could be given to another tenant meanwhile. */
  readonly tenantId: string
  readonly goal: WaitGoal
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly onLook: (look: WaitLook) => void
}

export type WaitLook =
  | { readonly kind: 'tenant'; readonly tenant: Tenant }
  | { readonly kind: 'no_answer'; readonly message: string }

/** Quick at first: a mock or a small container is ready within a second. */
const FIRST_PAUSE_MS = 150
const LONGEST_PAUSE_MS = 1000
const PAUSE_FACTOR = 1.25
/** Long enough for a server to be restarted. */
const TOLERATED_OUTAGE_MS = 60_000

/** Looks at a tenant until `goal` or one of its opposites holds. A server that is away for a while is waited for. */
export async function waitForTenant(options: WaitOptions): Promise<WaitOutcome> {
  const deadline = performance.now() + options.timeoutMs
  let pauseMs = FIRST_PAUSE_MS
  let lastStatus: Tenant['status'] | undefined
  let lastAnswer = performance.now()
  while (true) {
    try {
      const { body: tenant } = await options.client.getTenant({
        params: { tenant: options.tenantId },
        signal: options.signal,
      })
      lastAnswer = performance.now()
      lastStatus = tenant.status
      options.onLook({ kind: 'tenant', tenant })
      const outcome = judge(tenant, options.goal)
      if (outcome !== undefined) return outcome
    } catch (error) {
      if (options.signal.aborted) return { kind: 'interrupted' }
      if (ApiError.isInstance(error) && error.status === 404) return judgeAbsence(lastStatus, options.goal)
      if (!isOutage(error) || performance.now() - lastAnswer > TOLERATED_OUTAGE_MS) throw error
      options.onLook({ kind: 'no_answer', message: error.message })
    }
    const leftMs = deadline - performance.now()
    if (leftMs <= 0) return { kind: 'timeout' }
    const isOver = await sleep(Math.min(pauseMs, leftMs), false, { signal: options.signal }).catch(() => true)
    if (isOver) return { kind: 'interrupted' }
    pauseMs = Math.min(pauseMs * PAUSE_FACTOR, LONGEST_PAUSE_MS)
  }
}

function judge(tenant: Tenant, { until, endsWhenSettled }: WaitGoal): WaitOutcome | undefined {
  if (until.includes(tenant.status)) return { kind: 'reached', tenant }
  if (tenant.status === 'failed') return { kind: 'failed', tenant }
  if (!isSettled(tenant.status)) return undefined
  if (until.includes('settled')) return { kind: 'reached', tenant }
  return endsWhenSettled ? { kind: 'elsewhere', tenant } : undefined
}

function judgeAbsence(lastStatus: Tenant['status'] | undefined, { until }: WaitGoal): WaitOutcome {
  const isWanted = until.includes('gone') || (until.includes('settled') && lastStatus === 'deleting')
  return { kind: isWanted ? 'gone' : 'vanished' }
}

function isSettled(status: Tenant['status']): boolean {
  return SETTLED_STATUSES.some((settled) => settled === status)
}

function isOutage(error: unknown): error is Error {
  return ConnectionError.isInstance(error) || (ApiError.isInstance(error) && error.status >= 500)
}
