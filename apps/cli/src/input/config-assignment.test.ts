import { describe, expect, it } from 'vitest'
import { applyAssignments } from './config-assignment.ts'

const text = { type: 'string' }
const schema = {
  $defs: { Limits: { type: 'object', properties: { memory: { type: ['integer', 'null'] } } } },
  properties: {
    image: text,
    env: { type: 'object', additionalProperties: text },
    limits: { $ref: '#/$defs/Limits' },
    init: { type: 'boolean' },
  },
}
const apply = (set: string[], unset: string[] = [], config = {}) => applyAssignments(config, { set, unset, schema })

describe('applyAssignments', () => {
  it.each([
    ['text where the schema wants text', 'env.PORT=8080', { env: { PORT: '8080' } }],
    ['everything behind the first =', 'env.URL=a=b=c', { env: { URL: 'a=b=c' } }],
    ['empty text', 'env.A=', { env: { A: '' } }],
    ['numbers', 'limits.memory=512', { limits: { memory: 512 } }],
    ['truth values', 'init=true', { init: true }],
    ['lists, as a whole', 'ports=[{"container_port":80}]', { ports: [{ container_port: 80 }] }],
    ['a dot inside a key', String.raw`env.a\.b=1`, { env: { 'a.b': '1' } }],
    ['null, which removes a default', 'limits.memory=null', { limits: { memory: null } }],
  ])('takes %s', (_, assignment, expected) => {
    expect(apply([assignment])).toEqual(expected)
  })

  it('changes a copy, and removes by null', () => {
    const config = { env: { A: '1', B: '2' } }
    expect(apply(['env.A=3'], ['env.B'], config)).toEqual({ env: { A: '3', B: null } })
    expect(config).toEqual({ env: { A: '1', B: '2' } })
  })

  it.each([
    ['no =', 'env.A'],
    ['no path', '=1'],
    ['an empty key', 'env..A=1'],
    ['a place in a list', 'ports[0]=80'],
    ['a value that does not parse', 'ports=[1'],
  ])('refuses %s', (_, assignment) => {
    expect(() => apply([assignment])).toThrow(expect.objectContaining({ reason: 'usage' }))
  })

  it('takes __proto__ for a key like any other', () => {
    const result = apply(['env.__proto__=x'])
    expect(Object.keys(result.env as object)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(result.env)).toBe(Object.prototype)
  })
})
