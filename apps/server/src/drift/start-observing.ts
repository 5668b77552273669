import type { Logger } from '@landlord/compute-core'
import type { Kysely } from 'kysely'
import pLimit from 'p-limit'
import type { Database } from '../store/database.ts'
import { hasDueObservation, updateObservations } from '../store/observation-store.ts'
import type { Store } from '../store/open-store.ts'
import type { WorkflowClient } from '../workflow/workflow-client.ts'
import { beginLooks, enrolTenants, type LookRequest, turnMs } from './begin-looks.ts'
import type { DriftLimits } from './drift-limits.ts'

export interface Observing {
  /** One turn at once: asks workers to look at what is due; returns how many were asked. */
  observeNow(): Promise<number>
  stop(): Promise<void>
}

export interface ObservingDeps {
  readonly db: Kysely<Database>
  readonly transaction: Store['transaction']
  readonly workflow: Pick<WorkflowClient, 'observe' | 'checkEngine'>
  readonly now: () => Date
  readonly logger: Logger
  readonly limits: DriftLimits
}

/** Few, so that the triggers of new work never wait for a connection. */
const CONCURRENT_SENDS = 4
/** While the engine is down nothing is asked; it is probed so often. */
const PROBE_MS = 5_000

/** Has ready tenants looked at on the interval, in the background: whatever fails is due again. */
export function startObserving(deps: ObservingDeps): Observing {
  const { db, transaction, workflow, now, logger, limits } = deps
  const limit = pLimit(CONCURRENT_SENDS)
  let running: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined
  let enrolledAt = Number.NEGATIVE_INFINITY
  let isEngineUp = true
  let stopped = false

  async function run(): Promise<number> {
    await enrol()
    if (!(await hasDueObservation(db, now().toISOString()))) return 0
    if (!isEngineUp) await workflow.checkEngine()
    isEngineUp = true
    const looks = await transaction((tx) => beginLooks(tx, { now: now(), limits }))
    const unsent = (await Promise.all(looks.map((look) => limit(send, look)))).filter((id) => id !== undefined)
    // Never asked, so nobody will answer: they are due again after the interval, and do not count as under way.
    if (unsent.length > 0) await transaction((tx) => updateObservations(tx, unsent, { asked_at: null }))
    return looks.length - unsent.length
  }

  async function enrol(): Promise<void> {
    if (now().getTime() - enrolledAt < limits.intervalSeconds * 1000) return
    let enrolled: number
    do enrolled = await transaction((tx) => enrolTenants(tx, { now: now(), limits }))
    while (enrolled > 0 && !stopped)
    enrolledAt = now().getTime()
  }

  async function send({ tenantId, slot }: LookRequest): Promise<string | undefined> {
    if (!isEngineUp || stopped) return tenantId
    try {
      await workflow.observe(tenantId, { slot })
      return undefined
    } catch (error) {
      isEngineUp = false
      logger.debug({ tenant_id: tenantId, error: reasonOf(error) }, 'a look was not asked for; it is due again')
      return tenantId
    }
  }

  function turn(): Promise<number> {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  // A turn under way may have looked at the clock before what the caller has in mind.
  async function observeNow(): Promise<number> {
    await running?.catch(() => 0)
    return await turn()
  }

  async function loop(): Promise<void> {
    try {
      await turn()
    } catch (error) {
      if (isEngineUp) logger.error({ error: reasonOf(error) }, 'looking at tenants failed; trying on')
    }
    if (!stopped) timer = setTimeout(loop, isEngineUp ? turnMs(limits) : PROBE_MS)
  }

  timer = setTimeout(loop, turnMs(limits))
  return {
    observeNow,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running?.catch(() => 0)
    },
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
