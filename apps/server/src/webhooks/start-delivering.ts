import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from '@landlord/compute-core'
import type { LandlordSettings } from '@landlord/settings'
import { v7 as uuidv7 } from 'uuid'
import type { Store } from '../store/open-store.ts'
import { listDueWebhooks } from '../store/webhook-store.ts'
import { type DeliverDeps, deliverToWebhook } from './deliver-to-webhook.ts'
import { createGuardedAgent } from './guarded-agent.ts'
import type { NetworkGuard } from './network-guard.ts'

export interface DeliveringDeps {
  readonly store: Pick<Store, 'db' | 'transaction' | 'onCommitted'>
  readonly settings: LandlordSettings['webhooks']
  readonly guard: NetworkGuard
  readonly now: () => Date
  readonly random: () => number
  readonly logger: Logger
}

export interface Delivering {
  /** Lets deliveries under way end for a moment, and gives up the rest: they are made again. */
  stop(): Promise<void>
}

/** How often due retries, and what other servers recorded, are looked for. */
const LOOK_INTERVAL_MS = 2_000
/** A webhook that is slow holds up none of the others, until so many are. */
const MOST_WEBHOOKS_AT_ONCE = 32
const GRACE_MS = 3_000

/** Delivers events to webhooks as long as the server runs. Several servers share the work by leases. */
export function startDelivering({ store, settings, guard, now, random, logger }: DeliveringDeps): Delivering {
  const running = new Map<string, Promise<void>>()
  const stopping = new AbortController()
  const abandon = new AbortController()
  const dispatcher = createGuardedAgent(guard, settings.concurrency)
  const holder = uuidv7()
  const deps: DeliverDeps = {
    transaction: store.transaction,
    dispatcher,
    holder,
    now,
    random,
    disableAfterDays: settings.disable_after_days,
    timeoutMs: settings.timeout_seconds * 1000,
    concurrency: settings.concurrency,
    stopping: stopping.signal,
    abandon: abandon.signal,
  }
  let looking: Promise<void> | undefined
  let isStale = false

  async function look(): Promise<void> {
    while (isStale && !stopping.signal.aborted) {
      isStale = false
      for (const id of await listDueWebhooks(store.db, { holder, now: now().toISOString() })) begin(id)
    }
  }

  function begin(id: string): void {
    if (running.has(id) || running.size >= MOST_WEBHOOKS_AT_ONCE || stopping.signal.aborted) return
    const run = deliverToWebhook(deps, id)
      .finally(() => running.delete(id))
      // After a failure the next look is soon enough.
      .then(lookSoon, (error: unknown) => complain(error, { webhook_id: id }))
    running.set(id, run)
  }

  function lookSoon(): void {
    isStale = true
    looking ??= look()
      .catch((error: unknown) => complain(error, {}))
      .finally(() => {
        looking = undefined
      })
  }

  function complain(error: unknown, facts: object): void {
    const message = error instanceof Error ? error.message : String(error)
    logger.error({ ...facts, error: message }, 'webhooks cannot be delivered now; trying on')
  }

  const unsubscribe = store.onCommitted(lookSoon)
  const timer = setInterval(lookSoon, LOOK_INTERVAL_MS)
  lookSoon()
  return {
    async stop() {
      stopping.abort()
      unsubscribe()
      clearInterval(timer)
      await looking
      const ended = Promise.all(running.values())
      const grace = new AbortController()
      await Promise.race([ended, sleep(GRACE_MS, undefined, { signal: grace.signal }).catch(() => {})])
      grace.abort()
      abandon.abort()
      await ended
      await dispatcher.destroy()
    },
  }
}
