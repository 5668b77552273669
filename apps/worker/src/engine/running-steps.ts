import { setTimeout } from 'node:timers/promises'

/** What a worker is doing at the moment, so that it can stop in order. */
export interface RunningSteps {
  /** Runs `work` with a signal that is aborted when `attempt` is, or when the worker stops. */
  track<Result>(attempt: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>
  /** Resolves when nothing runs any more: what is not done after `graceMs` is aborted. What starts later is aborted at once. */
  drain(graceMs: number): Promise<void>
  readonly count: number
}

/** A provider comes back within a second of an abort; what does not is left behind. */
const ABORTED_MS = 6000

export function createRunningSteps(): RunningSteps {
  const running = new Map<AbortController, Promise<unknown>>()
  const reason = new Error('the worker is stopping; the step runs again on the next one')
  let isStopping = false

  const settled = async (withinMs: number): Promise<void> => {
    const timer = new AbortController()
    const all = Promise.allSettled(running.values())
    await Promise.race([all, setTimeout(withinMs, undefined, { signal: timer.signal }).catch(() => {})])
    timer.abort()
  }

  return {
    async track(attempt, work) {
      attempt.throwIfAborted()
      if (isStopping) throw reason
      const controller = new AbortController()
      const onAbort = () => controller.abort(attempt.reason)
      attempt.addEventListener('abort', onAbort, { once: true })
      const result = work(controller.signal)
      running.set(controller, result)
      try {
        return await result
      } finally {
        running.delete(controller)
        attempt.removeEventListener('abort', onAbort)
      }
    },
    async drain(graceMs) {
      await settled(graceMs)
      isStopping = true
      for (const controller of running.keys()) controller.abort(reason)
      await settled(ABORTED_MS)
    },
    get count() {
      return running.size
    },
  }
}
