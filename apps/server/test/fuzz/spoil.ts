import fc from 'fast-check'

/** What nobody expects where something else is meant. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, -1, 0.5, 1e308, '', ' ', [], {}, [[]], '__proto__', 'null'),
  fc.constantFrom('\u0000', '\ud800', '💥'.repeat(300), '../../etc/passwd', "'; drop table tenants; --", '%00'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ minLength: 3000, maxLength: 20_000 }),
)

/** The value with one thing wrong: something inside replaced, left out or added, or all of it something else. */
export function spoiled(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value !== 'object' || value === null) return junk
  const keys = Object.keys(value)
  const added = fc
    .tuple(fc.oneof(fc.constantFrom('constructor', 'toString', 'id', 'version'), fc.string({ maxLength: 12 })), junk)
    .map(([key, item]) => withEntry(value, key, item))
  if (keys.length === 0) return fc.oneof(junk, added)
  const changed = fc
    .constantFrom(...keys)
    .chain((key) => spoiled(Reflect.get(value, key)).map((item) => withEntry(value, key, item)))
  const removed = fc.constantFrom(...keys).map((key) => without(value, key))
  return fc.oneof(
    { weight: 6, arbitrary: changed },
    { weight: 2, arbitrary: removed },
    { weight: 2, arbitrary: added },
    { weight: 1, arbitrary: junk },
  )
}

function withEntry(value: object, key: string, item: unknown): unknown {
  if (Array.isArray(value)) return [...value, item]
  return { ...value, [key]: item }
}

function without(value: object, key: string): unknown {
  if (Array.isArray(value)) return value.filter((_, index) => String(index) !== key)
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
}
