import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonSchema } from './json.ts'
import { redactConfig } from './redact-config.ts'
import { restoreRedacted } from './restore-redacted.ts'

const schema: JsonSchema = {
  type: 'object',
  properties: {
    password: { type: 'string', writeOnly: true },
    note: { type: 'string' },
    env: { type: 'object', writeOnly: true, additionalProperties: { type: 'string' } },
    registries: {
      type: 'array',
      items: { type: 'object', properties: { host: {}, port: {}, password: { writeOnly: true } } },
    },
    tokens: { type: 'array', writeOnly: true },
  },
}

const stored: JsonObject = {
  password: 'p1',
  note: 'n',
  env: { A: 'a1', B: 'b1' },
  registries: [
    { host: 'a', port: 1, password: 'pa' },
    { host: 'b', port: 2, password: 'pb' },
  ],
  tokens: ['t1', 't2'],
}

const [first, second] = redactConfig(schema, stored).registries as [JsonObject, JsonObject]

describe('restoreRedacted', () => {
  it('makes what was read whole again', () => {
    expect(restoreRedacted(schema, redactConfig(schema, stored), stored)).toEqual(stored)
  })

  it('takes new values and drops what is not sent', () => {
    const sent = { password: 'p2', env: { A: '[redacted]', C: 'c1' } }
    expect(restoreRedacted(schema, sent, stored)).toEqual({ password: 'p2', env: { A: 'a1', C: 'c1' } })
  })

  it('leaves the word alone where no secret can be', () => {
    expect(restoreRedacted(schema, { note: '[redacted]' }, stored)).toEqual({ note: '[redacted]' })
  })

  it('leaves it where there was no value, and never takes an inherited one', () => {
    const sent = { env: { constructor: '[redacted]', NEW: '[redacted]' } }
    expect(restoreRedacted(schema, sent, stored)).toEqual(sent)
    expect(restoreRedacted(schema, { password: '[redacted]' }, {})).toEqual({ password: '[redacted]' })
  })

  it("gives an item of an array its own secret back when others went or moved, never another one's", () => {
    expect(restoreRedacted(schema, { registries: [second] }, stored)).toEqual({
      registries: [{ host: 'b', port: 2, password: 'pb' }],
    })
    expect(restoreRedacted(schema, { registries: [second, first] }, stored)).toEqual({
      registries: [
        { host: 'b', port: 2, password: 'pb' },
        { host: 'a', port: 1, password: 'pa' },
      ],
    })
  })

  it('knows an item again that was changed where it stood', () => {
    expect(restoreRedacted(schema, { registries: [first, { ...second, port: 3 }] }, stored)).toEqual({
      registries: [
        { host: 'a', port: 1, password: 'pa' },
        { host: 'b', port: 3, password: 'pb' },
      ],
    })
  })

  it('does not guess at an item that was both moved and changed', () => {
    const sent = { registries: [{ ...second, port: 3 }] }
    expect(restoreRedacted(schema, sent, stored)).toEqual(sent)
  })

  it('restores bare secrets of an array by place, and only while there are as many', () => {
    expect(restoreRedacted(schema, { tokens: ['[redacted]', 'new'] }, stored)).toEqual({ tokens: ['t1', 'new'] })
    expect(restoreRedacted(schema, { tokens: ['[redacted]'] }, stored)).toEqual({ tokens: ['[redacted]'] })
  })
})
