import type { Transaction } from 'kysely'
import { takeTurn } from '../store/brake-store.ts'
import type { Database } from '../store/database.ts'
import {
  askAnew,
  countAsked,
  type DueObservation,
  listDueObservations,
  listUnscheduled,
  scheduleObservation,
  updateObservations,
} from '../store/observation-store.ts'
import type { DriftLimits } from './drift-limits.ts'
import { nextDue } from './next-due.ts'

/** One question to a worker. */
export interface LookRequest {
  readonly tenantId: string
  readonly slot: number
}

/** Short, so that looks come one by one and not in a burst each second that new work would meet. */
const SHORTEST_TURN_MS = 250
/** A question without an answer for so long got lost, with the engine's folder or by an operator; it is asked anew. */
const LOST_AFTER_MS = 3_600_000
/** Under way or waiting, for each look that a worker has under way: enough that it never waits for the next one. */
const ASKED_PER_LOOK = 4
/** Statuses in which a look tells nothing, though soon one will. */
const MOVING: ReadonlySet<string> = new Set(['updating', 'resuming', 'suspending', 'provisioning', 'requested'])
const ENROLLED_AT_ONCE = 500
/** By how much servers' clocks may differ before one of them is taken for wrong. */
const CLOCKS_APART_MS = 60_000

/** The pace of all servers together: long enough for one look. */
export function turnMs({ maxPerSecond }: DriftLimits): number {
  return Math.max(SHORTEST_TURN_MS, Math.ceil(1_000 / maxPerSecond))
}

/**
 * Chooses what is to be looked at now, and notes it before anybody is asked: should the question get lost, it is due again
 * after the interval. Only one of several servers chooses at a time, and not while too many questions are without an answer.
 */
export async function beginLooks(
  tx: Transaction<Database>,
  { now, limits }: { readonly now: Date; readonly limits: DriftLimits },
): Promise<LookRequest[]> {
  const at = now.toISOString()
  const next = now.getTime() + turnMs(limits)
  const latest = new Date(next + CLOCKS_APART_MS).toISOString()
  if (!(await takeTurn(tx, { now: at, next: new Date(next).toISOString(), latest }))) return []
  const { maxPerSecond, concurrency, intervalSeconds } = limits
  const share = Math.max(1, Math.floor((maxPerSecond * turnMs(limits)) / 1_000))
  const unanswered = await listDueObservations(tx, { now: at, asked: true, limit: share })
  const room = Math.max(ASKED_PER_LOOK * concurrency, 2 * maxPerSecond) - (await countAsked(tx))
  const budget = Math.min(share - unanswered.length, room)
  const fresh = await listDueObservations(tx, { now: at, asked: false, limit: budget })
  const due = [...unanswered, ...fresh]
  const again = { due_at: new Date(now.getTime() + intervalSeconds * 1000).toISOString() }
  const lostBefore = new Date(now.getTime() - LOST_AFTER_MS).toISOString()
  const ready = due.filter(({ status, paused_at }) => status === 'ready' && paused_at === null)
  const isLost = ({ asked_at }: DueObservation) => asked_at !== null && asked_at < lostBefore
  const anew = ready.filter((look) => look.asked_at === null || isLost(look))
  // The engine knows the question by its number, and has it once, however often it is asked.
  const repeated = ready.filter((look) => look.asked_at !== null && !isLost(look))
  await askAnew(tx, ids(anew), { ...again, asked_at: at })
  await updateObservations(tx, ids(repeated), again)
  const others = due.filter((look) => !ready.includes(look))
  const isResting = ({ status, paused_at }: DueObservation) => paused_at === null && !MOVING.has(status)
  await updateObservations(tx, ids(others.filter((look) => !isResting(look))), { ...again, asked_at: null })
  await updateObservations(tx, ids(others.filter(isResting)), { due_at: null, asked_at: null })
  return [
    ...anew.map(({ tenant_id, slot }) => ({ tenantId: tenant_id, slot: slot + 1 })),
    ...repeated.map(({ tenant_id, slot }) => ({ tenantId: tenant_id, slot })),
  ]
}

function ids(looks: readonly DueObservation[]): string[] {
  return looks.map(({ tenant_id }) => tenant_id)
}

/** Ready tenants that nobody would look at: from before there were looks, or made ready by an older server. Returns how many. */
export async function enrolTenants(
  tx: Transaction<Database>,
  { now, limits }: { readonly now: Date; readonly limits: DriftLimits },
): Promise<number> {
  const tenantIds = await listUnscheduled(tx, ENROLLED_AT_ONCE)
  for (const id of tenantIds) {
    await scheduleObservation(tx, id, { due_at: nextDue(id, now, limits.intervalSeconds, 0).toISOString() })
  }
  return tenantIds.length
}
