import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'

/** Work that nobody waits for: what follows from the end of a container, and what is tidied up later. */
export interface BackgroundWork {
  /** Logs a failure. */
  run(what: string, containerId: string, work: () => Promise<void>): void
  /** Tries until it has worked, or the process stops. */
  insist(what: string, containerId: string, work: () => Promise<void>): void
  /** Resolves when nothing is under way, or after a moment. */
  settle(): Promise<void>
}

const RETRY_MS = 10_000
const SETTLE_MS = 3_000

export function createBackgroundWork(logger: Logger, closing: AbortSignal): BackgroundWork {
  const underWay = new Set<Promise<void>>()

  async function once(what: string, container: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (!closing.aborted) logger.error({ err: error, container }, `${what} failed`)
      return false
    }
  }

  function track(work: Promise<unknown>): void {
    const tracked: Promise<void> = work.then(() => void underWay.delete(tracked))
    underWay.add(tracked)
  }

  async function untilDone(what: string, container: string, work: () => Promise<void>): Promise<void> {
    while (!closing.aborted && !(await once(what, container, work))) {
      await delay(RETRY_MS, undefined, { signal: closing, ref: false }).catch(() => undefined)
    }
  }

  return {
    run: (what, id, work) => track(once(what, id, work)),
    insist: (what, id, work) => track(untilDone(what, id, work)),
    async settle() {
      await Promise.race([Promise.all(underWay), delay(SETTLE_MS, undefined, { ref: false })])
    },
  }
}
