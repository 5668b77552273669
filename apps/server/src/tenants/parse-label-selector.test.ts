import { describe, expect, it } from 'vitest'
import { type LabelCondition, parseLabelSelector } from './parse-label-selector.ts'

describe('a selector of many conditions', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`).join(',')

  it('is read up to a limit', () => {
    expect(parseLabelSelector(many(50))).toHaveLength(50)
    expect(() => parseLabelSelector(many(51))).toThrow(/at most 50 conditions/)
  })
})

describe('parseLabelSelector', () => {
  it.each<[string, LabelCondition[]]>([
    ['', []],
    ['  ', []],
    ['tier=pro', [{ kind: 'in', key: 'tier', values: ['pro'] }]],
    ['tier==pro', [{ kind: 'in', key: 'tier', values: ['pro'] }]],
    [' tier = pro ', [{ kind: 'in', key: 'tier', values: ['pro'] }]],
    ['tier!=pro', [{ kind: 'not_in', key: 'tier', values: ['pro'] }]],
    ['tier=', [{ kind: 'in', key: 'tier', values: [''] }]],
    ['region in (eu, us)', [{ kind: 'in', key: 'region', values: ['eu', 'us'] }]],
    ['region notin(eu)', [{ kind: 'not_in', key: 'region', values: ['eu'] }]],
    ['trial', [{ kind: 'exists', key: 'trial' }]],
    ['!trial', [{ kind: 'absent', key: 'trial' }]],
    ['in in (in)', [{ kind: 'in', key: 'in', values: ['in'] }]],
    ['example.com/tier=v1.2_x', [{ kind: 'in', key: 'example.com/tier', values: ['v1.2_x'] }]],
    [
      'tier=pro,region in (eu,us),!trial',
      [
        { kind: 'in', key: 'tier', values: ['pro'] },
        { kind: 'in', key: 'region', values: ['eu', 'us'] },
        { kind: 'absent', key: 'trial' },
      ],
    ],
  ])('reads %j', (selector, conditions) => {
    expect(parseLabelSelector(selector)).toEqual(conditions)
  })

  it.each<[string, string]>([
    ['tier=pro,', 'expected a label key or "!" at position 9, found the end'],
    [',tier', 'expected a label key or "!" at position 0, found ",tier"'],
    ['tier in eu', 'expected "(" at position 8, found "eu"'],
    ['tier in (eu', 'expected "," or ")" at position 11, found the end'],
    ['tier in (eu us)', 'expected "," or ")" at position 12, found "us)"'],
    ['tier ~ pro', 'expected "=", "==", "!=", "in", "notin", "," or the end at position 5, found "~ pro"'],
    ['tier=pro region=eu', 'expected "," or the end at position 9, found "region=eu"'],
    ['!', 'expected a label key at position 1, found the end'],
    ['tier=prö', 'expected "," or the end at position 7, found "ö"'],
  ])('refuses %j with the position', (selector, message) => {
    expect(() => parseLabelSelector(selector)).toThrow(message)
  })

  it('reads a hostile selector in no time', () => {
    expect(() => parseLabelSelector(`${'a'.repeat(4000)}.!`)).toThrow(/position/)
  })
})
