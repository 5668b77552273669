import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deriveResourceName, type ResourceNameRules } from './derive-resource-name.ts'

const id = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('a', 'A', '-', '_', '.', '/', ' ', 'é'), maxLength: 80 }),
  fc.uuid(),
)

const rules = fc.record({
  prefix: fc.constantFrom('', 'll', 'landlord-tenant-'),
  maxLength: fc.integer({ min: 32, max: 255 }),
  allowed: fc.constantFrom('a-z0-9-', 'a-zA-Z0-9_.-', 'a-z0-9_', 'a-z0-9.-'),
}) satisfies fc.Arbitrary<ResourceNameRules>

// A prefix is itself within the rules.
const fits = ({ prefix, allowed }: { prefix: string; allowed: string }) => new RegExp(`^[${allowed}]*$`).test(prefix)

describe('deriveResourceName', () => {
  it('is the prefix and the id where the rules hold it', () => {
    const uuid = '0198c0de-0000-7000-8000-000000000001'
    expect(deriveResourceName(uuid, { prefix: 'landlord-tenant-', maxLength: 63 })).toBe(`landlord-tenant-${uuid}`)
  })

  it('is a slug with a hash where they do not, always the same', () => {
    expect(deriveResourceName('Acme Größe GmbH', { prefix: 'll-', maxLength: 40 })).toMatch(
      /^ll-acme-gr-e-gmbh-[0-9a-f]{12}$/,
    )
    expect(deriveResourceName('日本', { prefix: 'll-', maxLength: 40 })).toMatch(/^ll-[0-9a-f]{12}$/)
    expect(deriveResourceName('', { prefix: 'll-', maxLength: 40 })).toBe('ll-e3b0c44298fc')
  })

  it('separates with what is allowed, or not at all', () => {
    expect(deriveResourceName('a b', { prefix: '', maxLength: 40, allowed: 'a-z0-9_' })).toMatch(/^a_b_[0-9a-f]{12}$/)
    expect(deriveResourceName('a b', { prefix: '', maxLength: 40, allowed: 'a-z0-9' })).toMatch(/^ab[0-9a-f]{12}$/)
  })

  it('keeps to the rules, whatever the id, and is deterministic', () => {
    fc.assert(
      fc.property(id, rules, (tenantId, rule) => {
        fc.pre(fits(rule))
        const name = deriveResourceName(tenantId, rule)
        expect(name.length).toBeLessThanOrEqual(rule.maxLength)
        expect(name).toMatch(new RegExp(`^[${rule.allowed}]+$`))
        expect(name.startsWith(rule.prefix)).toBe(true)
        expect(deriveResourceName(tenantId, { ...rule })).toBe(name)
      }),
      { numRuns: 500 },
    )
  })

  it('never gives two ids one name', () => {
    fc.assert(
      fc.property(fc.uniqueArray(id, { minLength: 2, maxLength: 50 }), rules, (ids, rule) => {
        fc.pre(fits(rule))
        const names = new Set(ids.map((tenantId) => deriveResourceName(tenantId, rule)))
        expect(names.size).toBe(ids.length)
      }),
      { numRuns: 200 },
    )
  })

  it('refuses a prefix that leaves no room, and says by how much', () => {
    const rule = { prefix: 'a-prefix-that-is-too-long-', maxLength: 32 }
    expect(() => deriveResourceName('not within the rules', rule)).toThrow(/no room .* within 32 .*shorten it by 7$/)
  })
})
