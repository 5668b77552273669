import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffConfig } from './diff-config.ts'
import type { JsonObject } from './json.ts'

const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>

describe('diffConfig', () => {
  it('lists what is new, gone and changed, by path', () => {
    expect(diffConfig({ a: 1, b: { c: 2, d: 3 }, e: [1] }, { b: { c: 4, d: 3 }, e: [1, 2], f: null })).toEqual([
      { path: '/a', from: 1, effect: 'replace' },
      { path: '/b/c', from: 2, to: 4, effect: 'replace' },
      { path: '/e', from: [1], to: [1, 2], effect: 'replace' },
      { path: '/f', to: null, effect: 'replace' },
    ])
  })

  it('tells null from absence', () => {
    expect(diffConfig({ a: null }, {})).toEqual([{ path: '/a', from: null, effect: 'replace' }])
  })

  it('asks what a change at a pointer does', () => {
    const effectOf = (path: string) => (path.startsWith('/limits') ? 'in_place' : 'restart')
    const changes = diffConfig({ limits: { cpu: 1 }, env: 1 }, { limits: { cpu: 2 }, env: 2 }, { effectOf })
    expect(changes.map(({ path, effect }) => `${path} ${effect}`)).toEqual(['/env restart', '/limits/cpu in_place'])
  })

  it('hides what the schema marks, and all below it', () => {
    const schema: JsonObject = {
      properties: { password: { writeOnly: true }, env: { 'x-sensitive': true }, ref: { $ref: '#/$defs/s' } },
      $defs: { s: { writeOnly: true } },
    }
    const changes = diffConfig(
      { password: 'x1', env: { A: 'x2' }, ref: 'x3' },
      { password: 'y1', env: { B: ['y2'] }, ref: 'y3' },
      { schema },
    )
    expect(changes).toEqual([
      { path: '/env/A', from: '[redacted]', effect: 'replace' },
      { path: '/env/B', to: ['[redacted]'], effect: 'replace' },
      { path: '/password', from: '[redacted]', to: '[redacted]', effect: 'replace' },
      { path: '/ref', from: '[redacted]', to: '[redacted]', effect: 'replace' },
    ])
  })

  it('takes keys that objects inherit for ordinary keys', () => {
    const after = JSON.parse('{"constructor":1,"__proto__":2}') as JsonObject
    expect(diffConfig({}, after)).toEqual([
      { path: '/__proto__', to: 2, effect: 'replace' },
      { path: '/constructor', to: 1, effect: 'replace' },
    ])
    expect(diffConfig({}, after).filter((change) => 'from' in change)).toEqual([])
  })

  it('finds nothing between equals, whatever the order of their keys, and something otherwise', () => {
    const shuffled = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).reverse())
    fc.assert(fc.property(json, (config) => isDeepStrictEqual(diffConfig(config, shuffled(config)), [])))
    fc.assert(
      fc.property(json, json, (from, to) => {
        fc.pre(JSON.stringify(from) !== JSON.stringify(to))
        const back = diffConfig(to, from).map(({ path }) => path)
        expect(diffConfig(from, to).map(({ path }) => path)).toEqual(back)
      }),
    )
  })
})
