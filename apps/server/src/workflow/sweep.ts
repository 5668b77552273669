import type { Logger } from '@landlord/compute-core'
import type { Transaction } from 'kysely'
import type { Database } from '../store/database.ts'
import type { Store } from '../store/open-store.ts'
import { countTrigger, type DueOperation, listDueOperations, type SweptOperation } from '../store/operation-store.ts'
import type { Triggers } from './triggers.ts'

export interface SweepDeps {
  readonly transaction: Store['transaction']
  readonly triggers: Triggers
  readonly now: () => Date
  readonly logger: Logger
  readonly intervalSeconds: number
  /** An open operation without a sign of life for so long is triggered again, then after twice as long, and so on. */
  readonly staleAfterSeconds: number
  /** Nothing is known of what was sent before: all that was open then is triggered again. */
  readonly startedAt: Date
  readonly onResent: (count: number) => void
}

/** Smaller than the queue of the triggers, so that one sweep never fills it. */
export const SWEEP_BATCH_SIZE = 1_000

/** A worker that is away answers to nothing, and each trigger stays in the engine until it is back. */
const LONGEST_STALE_MS = 900_000

/**
 * Triggers again what is open and shows no sign of life: a lost send, a wiped workflow engine, a killed server. Several
 * servers may sweep at once. Returns how many were sent.
 */
export async function sweep(deps: SweepDeps): Promise<number> {
  const due = await deps.transaction((tx) => countDue(tx, deps))
  for (const operation of due) deps.triggers.send(operation)
  const count = due.length
  if (count > 0) {
    deps.onResent(count)
    deps.logger.info({ count }, 'sweep triggered open operations again')
  }
  return count
}

async function countDue(tx: Transaction<Database>, deps: SweepDeps): Promise<DueOperation[]> {
  const now = deps.now()
  const due = await listDueOperations(tx, {
    staleBefore: staleTimes(deps, now.getTime()).map((time) => new Date(time).toISOString()),
    unsentBefore: new Date(now.getTime() - deps.intervalSeconds * 1000).toISOString(),
    limit: SWEEP_BATCH_SIZE,
  })
  const counted: DueOperation[] = []
  for (const operation of due) {
    const columns = { progressed_at: now.toISOString(), unanswered_count: unanswered(operation) }
    if (!(await countTrigger(tx, operation, columns))) continue
    counted.push({ ...operation, trigger_count: operation.trigger_count + 1 })
  }
  return counted
}

// Only what the engine took can be without an answer.
function unanswered({ triggered_at, unanswered_count }: SweptOperation): number {
  return unanswered_count + (triggered_at === null ? 0 : 1)
}

/** One for each number of triggers without an answer, up to the longest. */
function staleTimes({ startedAt, staleAfterSeconds }: SweepDeps, now: number): number[] {
  const first = staleAfterSeconds * 1000
  const longest = Math.max(first, LONGEST_STALE_MS)
  const times: number[] = []
  for (let age = first; age < longest; age *= 2) times.push(Math.max(startedAt.getTime(), now - age))
  return [...times, Math.max(startedAt.getTime(), now - longest)]
}
