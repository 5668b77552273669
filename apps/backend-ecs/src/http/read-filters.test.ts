import { expect, test } from 'vitest'
import { readFilters } from './read-filters.ts'

const KNOWN = ['label', 'status']

test.each([
  ['of the docker command line', '{"label":{"a=b":true,"c":true},"status":{"exited":true}}'],
  ['of SDKs', '{"label":["a=b","c"],"status":["exited"]}'],
])('reads filters in the shape %s', (_shape, text) => {
  expect(Object.fromEntries(readFilters(text, KNOWN))).toEqual({ label: ['a=b', 'c'], status: ['exited'] })
})

test.each([undefined, '', '{}', '{"label":[]}', '{"label":{"a":false}}'])('%s asks for nothing', (text) => {
  expect(readFilters(text, KNOWN).size).toBe(0)
})

test.each(['{', '[]', '"label"', 'null'])('%s is refused', (text) => {
  expect(() => readFilters(text, KNOWN)).toThrow(/invalid filters: expected a JSON object/)
})

test('an unknown filter is refused by name', () => {
  expect(() => readFilters('{"colour":["red"]}', KNOWN)).toThrow(/invalid filter 'colour'; there are label, status/)
})
