import { setTimeout } from 'node:timers/promises'

/** The target's time. Inject one that a test moves, and every delay of the mock becomes instant and exact. */
export interface MockClock {
  now(): Date
  /** Resolves after `milliseconds`, or rejects as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>
}

export const systemClock: MockClock = {
  now: () => new Date(),
  async sleep(milliseconds, signal) {
    await setTimeout(milliseconds, undefined, { signal })
  },
}
