import { expect, it } from 'vitest'
import { loadSettings } from './load-settings.ts'
import { prepareSchema } from './prepare-schema.ts'

it('puts definitions where they are used, as often as they are, and copies the schema', () => {
  const port = { $id: 'port', type: 'integer' }
  const schema = {
    properties: {
      a: { $ref: '#/$defs/port', default: 1 },
      b: { $ref: '#/$defs/port' },
      default: { $ref: '#/$defs/port' },
    },
    $defs: { port },
  }
  const before = structuredClone(schema)
  expect(prepareSchema(schema).properties).toEqual({
    a: { type: 'integer', default: 1 },
    b: { type: 'integer' },
    default: { type: 'integer' },
  })
  expect(schema).toEqual(before)
  const env = { LANDLORD_B: '2', LANDLORD_DEFAULT: '3' }
  expect(loadSettings({ schema, env, searchPaths: [] }).values).toEqual({ a: 1, b: 2, default: 3 })
})

it('closes objects that declare their keys, wherever they are, unless they say otherwise', () => {
  const entry = { properties: { name: {} } }
  const schema = {
    properties: {
      list: { items: entry },
      map: { additionalProperties: entry },
      pattern: { patternProperties: { '^a': entry } },
      open: { properties: { name: {} }, additionalProperties: true },
    },
  }
  const closed = { ...entry, additionalProperties: false }
  expect(prepareSchema(schema)).toEqual({
    properties: {
      list: { items: closed },
      map: { additionalProperties: closed },
      pattern: { patternProperties: { '^a': closed } },
      open: schema.properties.open,
    },
    additionalProperties: false,
  })
})
