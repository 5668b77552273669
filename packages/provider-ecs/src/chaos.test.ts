import { describe, it, vi } from 'vitest'
import { runChaos } from './__fixtures__/run-chaos.ts'

/** `LANDLORD_CHAOS_SEED=7` repeats one, `LANDLORD_CHAOS_SEED=100-300` runs so many others. */
const [first = 1, last = first] = (process.env.LANDLORD_CHAOS_SEED ?? '1-20').split('-').map(Number)

vi.setConfig({ maxConcurrency: 20 })

// Each waits more than it computes, and has an account and a clock of its own.
describe.concurrent('a fleet in which processes die, answers get lost and reads lag', () => {
  for (let seed = first; seed <= last; seed++) {
    it(
      `comes to what was last asked for, with one service per tenant (LANDLORD_CHAOS_SEED=${seed})`,
      {
        timeout: 120_000,
      },
      () => runChaos(seed),
    )
  }
})
