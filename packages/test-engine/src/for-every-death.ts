import type { TestEngine } from './find-engine.ts'
import { type WatchedEngine, watchedEngine } from './watched-engine.ts'

/**
 * Runs `operate` with an engine behind which the process dies after the first write, then after the second, and so on, until it
 * gets through. After each death `recover` has a fresh process.
 */
export async function forEveryDeath(
  engine: TestEngine,
  operate: (handle: WatchedEngine, signal: AbortSignal, number: number) => Promise<unknown>,
  recover: (number: number) => Promise<void>,
): Promise<number> {
  for (let number = 1; ; number += 1) {
    const dying = new AbortController()
    const handle = watchedEngine(engine, { number, die: () => dying.abort() })
    try {
      await operate(handle, dying.signal, number)
    } catch (error) {
      if (!dying.signal.aborted) throw error
    }
    await recover(number)
    if (!dying.signal.aborted) return number - 1
  }
}
