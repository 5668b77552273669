import { setTimeout } from 'node:timers/promises'
import { ConformanceError } from './conformance-error.ts'

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 1_000

/** Reads until `done`, with growing pauses. Throws `ConformanceError`, which shows the last reading, when the time is up. */
export async function pollUntil<Reading>(
  what: string,
  timeoutMs: number,
  read: () => Promise<Reading>,
  done: (reading: Reading) => boolean,
): Promise<Reading> {
  const deadline = performance.now() + timeoutMs
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const reading = await read()
    if (done(reading)) return reading
    if (performance.now() >= deadline) {
      throw new ConformanceError(`${what} not within ${timeoutMs} ms; the last reading was ${JSON.stringify(reading)}`)
    }
    await setTimeout(Math.min(pause, Math.max(0, deadline - performance.now())))
  }
}
