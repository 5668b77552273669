import { expect, it } from 'vitest'
import { formatAge, formatDuration } from './format-time.ts'

it.each([
  [0, '0 ms'],
  [850.4, '850 ms'],
  [3210, '3.2 s'],
  [59_970, '1m00s'],
  [250_000, '4m10s'],
  [11_520_000, '3h12m'],
  [5 * 86_400_000, '5d'],
])('says %i ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text))

it('says an age in one unit, and never less than none', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  expect(formatAge('2026-11-20T11:56:10Z', now)).toBe('3m')
  expect(formatAge('2026-11-20T12:00:05Z', now)).toBe('0s')
})
