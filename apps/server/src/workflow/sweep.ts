import type { Logger } from '@landlord/compute-core'
import type { Kysely } from 'kysely'
import type { Database } from '../store/database.ts'
import { countTrigger, listDueOperations } from '../store/operation-store.ts'
import type { Triggers } from './triggers.ts'

export interface SweepDeps {
  readonly db: Kysely<Database>
  readonly triggers: Triggers
  readonly now: () => Date
  readonly logger: Logger
  readonly intervalSeconds: number
  /** An open operation without a sign of life for so long is triggered again. */
  readonly staleAfterSeconds: number
  /** Nothing is known of what was sent before: all that was open then is triggered again. */
  readonly startedAt: Date
  readonly onResent: (count: number) => void
}

/** Smaller than the queue of the triggers, so that one sweep never fills it. */
export const SWEEP_BATCH_SIZE = 1_000

/**
 * Triggers again what is open and shows no sign of life: a lost send, a wiped workflow engine, a killed server. Several
 * servers may sweep at once. Returns how many were sent.
 */
export async function sweep(deps: SweepDeps): Promise<number> {
  const now = deps.now()
  const staleBefore = Math.max(deps.startedAt.getTime(), now.getTime() - deps.staleAfterSeconds * 1000)
  const due = await listDueOperations(deps.db, {
    staleBefore: new Date(staleBefore).toISOString(),
    unsentBefore: new Date(now.getTime() - deps.intervalSeconds * 1000).toISOString(),
    limit: SWEEP_BATCH_SIZE,
  })
  let count = 0
  for (const operation of due) {
    if (!(await countTrigger(deps.db, operation, now.toISOString()))) continue
    deps.triggers.send({ ...operation, trigger_count: operation.trigger_count + 1 })
    count += 1
  }
  if (count > 0) {
    deps.onResent(count)
    deps.logger.info({ count }, 'sweep triggered open operations again')
  }
  return count
}
