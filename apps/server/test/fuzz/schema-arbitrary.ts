import fc from 'fast-check'

/** The part of JSON Schema that the contract is written in. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly SchemaNode[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: boolean | SchemaNode
  readonly propertyNames?: SchemaNode
  readonly maxProperties?: number
  readonly items?: SchemaNode
  readonly minItems?: number
  readonly maxItems?: number
  readonly pattern?: string
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** A map has so many entries at most, and a list so many items: more find nothing new and take longer. */
const MOST_ITEMS = 4
/** Longer texts only where the schema asks for them. */
const MOST_CHARACTERS = 40
const LARGEST_NUMBER = 2 ** 31

/** Values that fit the schema. */
export function arbitraryOf(schema: SchemaNode): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(arbitraryOf))
  const types = [schema.type ?? []].flat()
  if (types.length > 1) return fc.oneof(...types.map((type) => arbitraryOf({ ...schema, type })))
  switch (types[0]) {
    case 'string':
      return stringOf(schema)
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -LARGEST_NUMBER, max: schema.maximum ?? LARGEST_NUMBER })
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true })
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return fc.array(arbitraryOf(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? MOST_ITEMS, MOST_ITEMS)),
      })
    case 'object':
      return objectOf(schema)
    default:
      return fc.jsonValue({ maxDepth: 2 })
  }
}

function stringOf({ pattern, format, minLength = 0, maxLength }: SchemaNode): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid({ version: 7 })
  if (format === 'date-time') {
    const range = { min: new Date('2020-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }
    return fc.date(range).map((date) => date.toISOString())
  }
  if (format === 'uri') return fc.webUrl()
  const most = maxLength ?? Math.max(minLength, MOST_CHARACTERS)
  if (pattern !== undefined) {
    return fc.stringMatching(new RegExp(pattern), { maxLength: most }).filter((text) => text.length >= minLength)
  }
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(most, MOST_CHARACTERS)), unit: 'grapheme' })
}

function objectOf(schema: SchemaNode): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties, patternProperties } = schema
  const known = fc
    .record(
      Object.fromEntries(
        Object.entries(properties).map(([name, property]) => {
          const value = arbitraryOf(property)
          return [name, required.includes(name) ? value : sometimes(value)]
        }),
      ),
    )
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)))
  const maps = Object.entries(patternProperties ?? {}).map(([pattern, value]) =>
    fc.dictionary(stringOf({ pattern }), arbitraryOf(value), { maxKeys: MOST_ITEMS }),
  )
  const isOpen =
    patternProperties === undefined && Object.keys(properties).length === 0 && additionalProperties !== false
  const open = typeof additionalProperties === 'object' ? additionalProperties : {}
  if (isOpen) maps.push(fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), arbitraryOf(open), { maxKeys: 2 }))
  return fc.tuple(known, ...maps).map((parts) => Object.assign({}, ...parts) as unknown)
}

// All fields at once are seldom what a server accepts, and one at a time is what clients send.
function sometimes(value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(undefined) }, { weight: 3, arbitrary: value })
}
