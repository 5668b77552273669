import { EXPIRY_BATCH_SIZE, type ExpiryDeps, expireDue } from './expire-due.ts'

export interface Expiring {
  /** One round at once; returns how many tenants were attended to. */
  expireNow(): Promise<number>
  /** Resolves when the round under way has ended. */
  stop(): Promise<void>
}

/** While there is more than one round can attend to. */
const BUSY_INTERVAL_MS = 100

/** Looks for tenants that expire, on an interval, for as long as the server runs. */
export function startExpiring(deps: ExpiryDeps, intervalSeconds: number): Expiring {
  let running: Promise<number> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function round(): Promise<number> {
    running ??= expireDue(deps).finally(() => {
      running = undefined
    })
    return running
  }

  // A round under way may have looked at the clock before what the caller has in mind.
  async function expireNow(): Promise<number> {
    await running?.catch(() => 0)
    return await round()
  }

  async function loop(): Promise<void> {
    let delayMs = intervalSeconds * 1000
    try {
      if ((await round()) >= EXPIRY_BATCH_SIZE) delayMs = BUSY_INTERVAL_MS
    } catch (error) {
      deps.logger.error({ error: error instanceof Error ? error.message : String(error) }, 'expiring failed')
    }
    if (!stopped) timer = setTimeout(loop, delayMs)
  }

  void loop()
  return {
    expireNow,
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running?.catch(() => 0)
    },
  }
}
