import { describe, expect, it } from 'vitest'
import { matchesPattern } from './matches-pattern.ts'

describe('matchesPattern', () => {
  it.each([
    ['a.b', ['a.b'], true],
    ['axb', ['a.b'], false],
    ['x a.b', ['a.b'], false],
    ['a.bc', ['a.b'], false],
    ['arn:aws:iam::1:role/team/x', ['no', 'arn:aws:iam::*:role/team/*'], true],
    ['arn:aws:iam::1:role/teams/x', ['arn:aws:iam::*:role/team/*'], false],
    ['anything', ['*'], true],
    ['anything', [], false],
  ] as const)('%s against %j is %s', (text, patterns, expected) => {
    expect(matchesPattern(text, patterns)).toBe(expected)
  })
})
