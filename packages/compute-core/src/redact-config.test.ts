import { describe, expect, it } from 'vitest'
import type { JsonSchema } from './json.ts'
import { redactConfig } from './redact-config.ts'

const schema: JsonSchema = {
  type: 'object',
  properties: {
    image: { type: 'string' },
    password: { type: 'string', writeOnly: true },
    env: { type: 'object', additionalProperties: { type: 'string', 'x-sensitive': true } },
    registries: {
      type: 'array',
      items: { type: 'object', properties: { host: {}, login: { $ref: '#/$defs/login' } } },
    },
    tree: { $ref: '#/$defs/tree' },
    headers: { type: 'object', patternProperties: { '^X-': { writeOnly: true } } },
    pair: { type: 'array', prefixItems: [{}, { writeOnly: true }] },
    either: { anyOf: [{ type: 'integer' }, { type: 'string', writeOnly: true }] },
  },
  $defs: {
    login: { type: 'object', writeOnly: true },
    tree: { type: 'object', properties: { key: { writeOnly: true }, child: { $ref: '#/$defs/tree' } } },
  },
}

describe('redactConfig', () => {
  it('hides secrets, and with `sensitive` what its owner may read back too', () => {
    const config = { image: 'app', password: 'p', env: { A: '1' } }
    expect(redactConfig(schema, config)).toEqual({ image: 'app', password: '[redacted]', env: { A: '1' } })
    expect(redactConfig(schema, config, 'sensitive')).toEqual({
      image: 'app',
      password: '[redacted]',
      env: { A: '[redacted]' },
    })
    expect(config.password).toBe('p')
  })

  it('keeps the shape below a marked value, and null', () => {
    const login = { user: 'u', codes: [1, 2], none: null }
    expect(redactConfig(schema, { registries: [{ host: 'h', login }] })).toEqual({
      registries: [{ host: 'h', login: { user: '[redacted]', codes: ['[redacted]', '[redacted]'], none: null } }],
    })
  })

  it('follows references, also of a schema to itself', () => {
    expect(redactConfig(schema, { tree: { key: 'a', child: { key: 'b', child: {} } } })).toEqual({
      tree: { key: '[redacted]', child: { key: '[redacted]', child: {} } },
    })
  })

  it('comes to an end where a schema refers to nothing but itself', () => {
    const circular: JsonSchema = {
      $ref: '#/$defs/a',
      $defs: { a: { allOf: [{ $ref: '#/$defs/a' }], writeOnly: true } },
    }
    expect(redactConfig(circular, { a: 1 })).toEqual({ a: '[redacted]' })
  })

  it('follows patterns, positions and branches', () => {
    expect(redactConfig(schema, { headers: { 'X-Key': 'a', Accept: 'b' }, pair: ['a', 'b'], either: 'c' })).toEqual({
      headers: { 'X-Key': '[redacted]', Accept: 'b' },
      pair: ['a', '[redacted]'],
      either: '[redacted]',
    })
  })

  it('takes a key that objects inherit for an ordinary key', () => {
    const config = JSON.parse('{"constructor":"a","__proto__":"b"}')
    expect(JSON.stringify(redactConfig(schema, config))).toBe('{"constructor":"a","__proto__":"b"}')
  })
})
