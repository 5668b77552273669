import { expect, it } from 'vitest'
import { parseDuration } from './parse-duration.ts'

it.each([
  ['90', 90_000],
  ['90s', 90_000],
  ['1.5s', 1500],
  ['250ms', 250],
  ['10m', 600_000],
  ['1h30m', 5_400_000],
  ['1d', 86_400_000],
])('reads %s', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds))

it.each(['', 'soon', '10x', '-5s', '10 m', 's'])('refuses %j', (text) => {
  expect(() => parseDuration(text)).toThrow('expected a duration')
})
