import { setTimeout as sleep } from 'node:timers/promises'
import { ApiError, type LandlordClient, SETTLED_STATUSES, type Tenant } from '@landlord/api-contract'
import { answerWithin } from '../answer-within.ts'
import { isOutage, TOLERATED_OUTAGE_MS } from './outage.ts'

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
  /** For the message when nothing answers. */
  readonly apiUrl: string
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
/** A look that takes longer is given up and taken for an outage. */
const LONGEST_LOOK_MS = 10_000
/** The last look, when the time is up, has a chance of an answer too. */
const SHORTEST_LOOK_MS = 1000

/** Looks at a tenant until `goal` or one of its opposites holds. A server that is away for a while is waited for. */
export async function waitForTenant(options: WaitOptions): Promise<WaitOutcome> {
  const deadline = performance.now() + options.timeoutMs
  let pauseMs = FIRST_PAUSE_MS
  let lastStatus: Tenant['status'] | undefined
  let lastAnswer = performance.now()
  while (true) {
    try {
      const tenant = await look(options, deadline - performance.now())
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

async function look({ client, apiUrl, tenantId, signal }: WaitOptions, leftMs: number): Promise<Tenant> {
  const limitMs = Math.max(SHORTEST_LOOK_MS, Math.min(leftMs, LONGEST_LOOK_MS))
  const params = { tenant: tenantId }
  return answerWithin({ apiUrl, limitMs, signal }, async (limited) => {
    return (await client.getTenant({ params, signal: limited })).body
  })
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
