import { expect, it } from 'vitest'
import { nextDue } from './next-due.ts'

const INTERVAL_SECONDS = 300
const NOW = new Date('2026-11-20T12:00:00.000Z')
const ids = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`)
const secondsUntil = (id: string, now = NOW, random = 0) =>
  (nextDue(id, now, INTERVAL_SECONDS, random).getTime() - now.getTime()) / 1000

it('spreads a fleet that was ready at the same moment evenly over the interval', () => {
  const tenths = ids.map((id) => Math.floor(((secondsUntil(id) - 150) / INTERVAL_SECONDS) * 10))
  const counts = Array.from({ length: 10 }, (_, tenth) => tenths.filter((each) => each === tenth).length)
  expect(Math.min(...counts)).toBeGreaterThan(900)
  expect(Math.max(...counts)).toBeLessThan(1100)
})

it('keeps each tenant to its own moment, whenever it was looked at before', () => {
  const first = nextDue('acme', NOW, INTERVAL_SECONDS, 0)
  for (const late of [0, 20, 149]) {
    const next = nextDue('acme', new Date(first.getTime() + late * 1000), INTERVAL_SECONDS, 0)
    expect(next.getTime() - first.getTime()).toBe(INTERVAL_SECONDS * 1000)
  }
})

it('comes up to a tenth of the interval later by chance, and never before half of it', () => {
  expect(secondsUntil('acme', NOW, 1) - secondsUntil('acme')).toBe(30)
  for (const id of ids.slice(0, 1000)) expect(secondsUntil(id)).toBeGreaterThanOrEqual(150)
})
