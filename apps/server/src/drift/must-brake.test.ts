import { expect, it } from 'vitest'
import { type DriftLimits, roundSeconds } from './drift-limits.ts'
import { brakeWindowSeconds, mustBrake } from './must-brake.ts'

it.each([
  [4, 4, false],
  [4, 10, false],
  [5, 5, true],
  [5, 24, true],
  [5, 25, false],
  [6, 25, true],
  [2000, 10_000, false],
  [2001, 10_000, true],
])('%i tenants of %i turned bad: %s', (turnedBad, fleet, expected) => {
  expect(mustBrake(turnedBad, fleet)).toBe(expected)
})

const limits = (intervalSeconds: number, maxPerSecond: number): DriftLimits => ({
  intervalSeconds,
  maxPerSecond,
  concurrency: 16,
  healConcurrency: 10,
  healLimit: 5,
  healWindowSeconds: 21_600,
})

it.each([
  ['ten minutes', 300, 50, 10_000, 300, 600],
  ['ten minutes at least', 10, 50, 100, 10, 600],
  ['two long intervals', 3600, 50, 100, 3600, 7200],
  ['two rounds through a fleet that the budget is small for', 300, 10, 10_000, 1000, 2000],
])('the window is %s', (_, interval, perSecond, fleet, round, window) => {
  expect(roundSeconds(limits(interval, perSecond), fleet)).toBe(round)
  expect(brakeWindowSeconds(limits(interval, perSecond), fleet)).toBe(window)
})
