import { describe, expect, it } from 'vitest'
import { nextAttempt, restMs } from './retry-schedule.ts'

const HOUR = 3_600_000
const since = new Date('2026-01-01T00:00:00.000Z')

describe('nextAttempt', () => {
  it('tries for three days, ever more rarely, with the last attempt at the end', () => {
    let now = since
    const pauses: number[] = []
    for (let attempts = 1; ; attempts += 1) {
      const next = nextAttempt({ attempts, since, now, chance: 0.5 })
      if (next === undefined) break
      pauses.push((next.getTime() - now.getTime()) / 1000)
      now = next
    }
    expect(pauses.slice(0, 9)).toEqual([5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800])
    expect(now.getTime() - since.getTime()).toBe(72 * HOUR)
    expect(pauses.length).toBeLessThan(20)
  })

  it('spreads by a fifth', () => {
    const pause = (chance: number) =>
      (nextAttempt({ attempts: 2, since, now: since, chance })?.getTime() ?? 0) - since.getTime()
    expect([pause(0), pause(1)]).toEqual([24_000, 36_000])
  })
})

it('an endpoint rests longer each time it fails, up to five minutes, or as long as it asks within reason', () => {
  expect([1, 2, 5, 100].map((failures) => restMs(failures))).toEqual([1000, 2000, 16_000, 300_000])
  expect(restMs(1, 60_000)).toBe(60_000)
  expect(restMs(1, 999 * HOUR)).toBe(HOUR)
})
