import { describe, expect, it, vi } from 'vitest'
import { createCallBatches } from './call-batches.ts'
import type { CallPriority } from './ecs-api.ts'

/** Batches whose turns come when the test says so. */
function start(priority: CallPriority, windowMs: number) {
  const turns: (() => void)[] = []
  const loads: (readonly number[])[] = []
  const batches = createCallBatches<number, number>({
    ...{ priority, windowMs, maxItems: 3, signal: new AbortController().signal },
    limiter: {
      turn: () => new Promise((resolve) => turns.push(resolve)),
      throttled: () => {},
      passed: () => {},
      waitMs: () => 0,
    },
    load: async (items) => {
      loads.push(items)
      return items.map((item) => item * 10)
    },
  })
  return { turns, loads, ask: (item: number) => batches.ask(item) }
}

describe('call batches', () => {
  it('are open until it is their turn, and no fuller than a call takes', async () => {
    const { turns, loads, ask } = start('watch', 0)
    const first = ask(1)
    await vi.waitUntil(() => turns.length === 1, { timeout: 20_000 })
    const others = [ask(2), ask(3), ask(4)]
    await vi.waitUntil(() => turns.length === 2, { timeout: 20_000 })
    expect(loads).toEqual([])
    for (const turn of turns) turn()
    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30, 40])
    expect(loads).toEqual([[1, 2, 3], [4]])
  })

  it('wait for company where others ask as well, but a change does not', async () => {
    const hour = 3_600_000
    const watch = start('watch', hour)
    const change = start('change', hour)
    for (const { ask, turns } of [watch, change]) {
      const alone = ask(1)
      await vi.waitUntil(() => turns.length === 1, { timeout: 20_000 })
      turns[0]?.()
      await alone
      void ask(2)
    }
    await vi.waitUntil(() => change.turns.length === 2, { timeout: 20_000 })
    expect(watch.turns).toHaveLength(1)
  })
})
