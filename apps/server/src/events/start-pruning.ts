import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@landlord/compute-core'
import type { LandlordSettings } from '@landlord/settings'
import { deleteOldDeliveries } from '../store/delivery-store.ts'
import { deleteOldEvents } from '../store/event-store.ts'
import type { Store } from '../store/open-store.ts'
import { oldestNeededEvent } from '../store/webhook-store.ts'

export interface PruningDeps {
  readonly store: Pick<Store, 'db' | 'transaction'>
  readonly settings: Pick<LandlordSettings, 'events' | 'webhooks'>
  readonly now: () => Date
  readonly logger: Logger
}

export interface Pruning {
  stop(): Promise<void>
}

const INTERVAL_MS = 3_600_000
/** Small enough that no other write waits for it. */
const BATCH = 500
const DAY_MS = 86_400_000

/** Deletes what is kept no longer, now and then. Several servers may do it at once. */
export function startPruning(deps: PruningDeps): Pruning {
  const stopping = new AbortController()
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await prune(deps, stopping.signal).catch((error: unknown) => {
        const message = error instanceof Error ? error.message : String(error)
        deps.logger.warn({ error: message }, 'old events and deliveries could not be deleted; trying again later')
      })
      await sleep(INTERVAL_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => {})
    }
  }
  const ended = run()
  return {
    async stop() {
      stopping.abort()
      await ended
    },
  }
}

/** Returns how many events and deliveries were deleted. */
export async function prune(deps: PruningDeps, signal?: AbortSignal): Promise<{ events: number; deliveries: number }> {
  const { store, settings, now } = deps
  const daysAgo = (days: number) => new Date(now().getTime() - days * DAY_MS).toISOString()
  const deliveries = await inBatches(signal, () => {
    const old = { before: daysAgo(settings.webhooks.log_retention_days), limit: BATCH }
    return store.transaction((tx) => deleteOldDeliveries(tx, old))
  })
  const { retention_days: days } = settings.events
  if (days === undefined) return { events: 0, deliveries }
  const events = await inBatches(signal, () =>
    store.transaction(async (tx) => {
      const neededFrom = await oldestNeededEvent(tx)
      return await deleteOldEvents(tx, { before: daysAgo(days), limit: BATCH, neededFrom })
    }),
  )
  return { events, deliveries }
}

async function inBatches(signal: AbortSignal | undefined, deleteSome: () => Promise<number>): Promise<number> {
  let total = 0
  for (;;) {
    if (signal?.aborted === true) return total
    const deleted = await deleteSome()
    total += deleted
    if (deleted < BATCH) return total
  }
}
