import { setTimeout } from 'node:timers/promises'
import { ConformanceError } from '../conformance-error.ts'
import { expectRejection } from '../expect-compute-error.ts'
import { ioCalls } from '../io-calls.ts'
import type { PartGroup } from '../part.ts'

// The contract's second, and a little for a busy machine.
const ABORT_LIMIT_MS = 1_250

export const abortParts: PartGroup = {
  title: 'abort',
  parts: [
    {
      name: 'a signal that is aborted already ends every method as cancelled, before any write',
      async run({ provider, spec, options, harness, expect }) {
        const one = await provider()
        const before = await harness.countWrites()
        for (const [name, call] of ioCalls(one, spec(one), options({ signal: AbortSignal.abort() }))) {
          await expectRejection(name, ['cancelled'], call)
        }
        expect({ writes: (await harness.countWrites()) - before }).toEqual({ writes: 0 })
      },
    },
    {
      name: 'an abort ends every method within a second as cancelled, though the target says nothing',
      async run({ provider, spec, options }) {
        const one = await provider({ target: 'silent' })
        for (const [name, call] of ioCalls(one, spec(one), options())) {
          const abort = new AbortController()
          await expectRejection(name, ['cancelled'], () => abortWhileWaiting(name, () => call(abort.signal), abort))
        }
      },
    },
  ],
}

async function abortWhileWaiting(name: string, call: () => Promise<unknown>, abort: AbortController): Promise<unknown> {
  const finished = new AbortController()
  const running = call().finally(() => finished.abort())
  running.catch(() => {})
  // One turn is enough for a call to have asked a target that never answers.
  await setTimeout(1)
  const ended = finished.signal.aborted
  abort.abort()
  if (ended) return await running
  const late = setTimeout(ABORT_LIMIT_MS, undefined, { signal: finished.signal }).then(
    () => {
      throw new ConformanceError(
        `${name} must end within a second of its abort; it did not within ${ABORT_LIMIT_MS} ms`,
      )
    },
    () => running,
  )
  return await late
}
