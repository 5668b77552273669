import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from './json.ts'
import { mergeConfig } from './merge-config.ts'

const json = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>

describe('mergeConfig', () => {
  it('merges objects deeply, replaces arrays and scalars, and removes what is null', () => {
    const defaults = { image: 'a', ports: [1, 2], env: { A: '1', B: '2' }, limits: { cpu: 1 } }
    const tenant = { image: 'b', ports: [3], env: { B: null, C: '3' }, limits: null }
    expect(mergeConfig(defaults, tenant)).toEqual({ image: 'b', ports: [3], env: { A: '1', C: '3' } })
  })

  it('replaces a scalar with an object and an object with a scalar', () => {
    expect(mergeConfig({ a: 1, b: { c: 2 } }, { a: { d: null, e: 3 }, b: 4 })).toEqual({ a: { e: 3 }, b: 4 })
  })

  it('leaves null inside an array alone', () => {
    expect(mergeConfig({}, { list: [null, { a: null }] })).toEqual({ list: [null, { a: null }] })
  })

  it('keeps a `__proto__` key an ordinary key, on either side and at every level', () => {
    const base = JSON.parse('{"__proto__":{"isAdmin":true},"a":{"__proto__":{"x":1}}}') as JsonObject
    const overlay = JSON.parse(
      '{"__proto__":{"isRoot":true},"a":{"__proto__":{"y":2}},"constructor":{"z":3}}',
    ) as JsonObject
    const merged = mergeConfig(base, overlay)
    expect(Object.hasOwn(merged, '__proto__')).toBe(true)
    expect(JSON.stringify(merged)).toBe(
      '{"__proto__":{"isAdmin":true,"isRoot":true},"a":{"__proto__":{"x":1,"y":2}},"constructor":{"z":3}}',
    )
    expect({}).not.toHaveProperty('isAdmin')
    expect({}).not.toHaveProperty('isRoot')
  })

  it('touches neither argument and shares nothing with them', () => {
    const base: JsonObject = { kept: [1], below: { list: [2] } }
    const overlay: JsonObject = { below: { other: [3] }, list: [{ a: [4] }] }
    const merged = mergeConfig(base, overlay)
    const before = JSON.stringify([base, overlay])
    for (const value of [merged.kept, merged.list, ...Object.values(merged.below as JsonObject)]) {
      if (Array.isArray(value)) value.push('changed')
    }
    expect(JSON.stringify(merged).match(/changed/g)).toHaveLength(4)
    expect(JSON.stringify([base, overlay])).toBe(before)
  })

  it('is idempotent: merging the same overlay again changes nothing', () => {
    fc.assert(
      fc.property(json, json, (base, overlay) => {
        const once = mergeConfig(base, overlay)
        expect(mergeConfig(once, overlay)).toEqual(once)
      }),
    )
  })
})
