import { setImmediate } from 'node:timers/promises'
import type { Bench } from './bench.ts'

/** Starts a call and aborts it as soon as the target has carried out a write. Whether the call succeeds is not asked. */
export async function runUntilWrite(bench: Bench, call: () => Promise<unknown>, abort: AbortController): Promise<void> {
  const before = await bench.harness.countWrites()
  let ended = false
  const running = call().then(
    () => {
      ended = true
    },
    () => {
      ended = true
    },
  )
  while (!ended && (await bench.harness.countWrites()) === before) await setImmediate()
  abort.abort()
  await running
}
