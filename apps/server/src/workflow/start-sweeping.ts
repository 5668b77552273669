import type { Kysely } from 'kysely'
import { type ScanTriggerDeps, sweepScans } from '../orphans/scan-triggers.ts'
import type { Database } from '../store/database.ts'
import { deleteExpiredKeys } from '../store/idempotency-store.ts'
import { deleteOldPlans } from '../store/plan-store.ts'
import { IDEMPOTENCY_WINDOW_MS } from '../tenants/answer-once.ts'
import { SWEEP_BATCH_SIZE, type SweepDeps, sweep } from './sweep.ts'

export interface Sweeping {
  /** One sweep at once; with what is under way, if one is. */
  sweepNow(): Promise<number>
  stop(): Promise<void>
}

const KEY_CLEANUP_INTERVAL_MS = 3_600_000
/** No plan is waited for so long. */
const LONGEST_PLAN_MS = 120_000
/** Sweeps come so much later at most while the workflow engine does not answer. */
const MAX_BACK_OFF = 6

/** Sweeps on an interval, at once for the first time. While the engine is down, less and less often. */
export function startSweeping(
  deps: SweepDeps & ScanTriggerDeps & { readonly db: Kysely<Database> },
  { isEngineUp }: { isEngineUp: () => Promise<boolean> },
): Sweeping {
  let running: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined
  let factor = 1
  let cleanedAt = 0
  let stopped = false

  async function run(): Promise<number> {
    await cleanUp()
    if (!(await isEngineUp())) {
      factor = Math.min(factor * 2, MAX_BACK_OFF)
      return 0
    }
    factor = 1
    await sweepScans(deps, deps.staleAfterSeconds)
    return await sweep(deps)
  }

  // Keys pile up with every write, whether the engine is up or not.
  async function cleanUp(): Promise<void> {
    const now = deps.now().getTime()
    await deleteOldPlans(deps.db, new Date(now - LONGEST_PLAN_MS).toISOString())
    if (now - cleanedAt <= KEY_CLEANUP_INTERVAL_MS) return
    await deleteExpiredKeys(deps.db, new Date(now - IDEMPOTENCY_WINDOW_MS).toISOString())
    cleanedAt = now
  }

  function sweepNow(): Promise<number> {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  async function loop(): Promise<void> {
    let delaySeconds = deps.intervalSeconds
    try {
      if ((await sweepNow()) >= SWEEP_BATCH_SIZE) delaySeconds = Math.min(delaySeconds, 1)
    } catch (error) {
      deps.logger.error({ error: error instanceof Error ? error.message : String(error) }, 'sweep failed')
    }
    if (!stopped) timer = setTimeout(loop, delaySeconds * 1000 * factor)
  }

  void loop()
  return {
    sweepNow,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running?.catch(() => 0)
    },
  }
}
