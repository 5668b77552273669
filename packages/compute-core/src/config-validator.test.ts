import { describe, expect, it } from 'vitest'
import { createConfigValidator } from './config-validator.ts'
import { InvalidConfigError } from './errors/invalid-config-error.ts'
import type { JsonSchema } from './json.ts'

const schema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  additionalProperties: false,
  required: ['image'],
  properties: {
    image: { type: 'string', minLength: 1, pattern: '^[a-z:/.0-9-]+$', description: 'a lower-case image reference' },
    replicas: { type: 'integer', minimum: 0, maximum: 10 },
    restart_policy: { enum: ['always', 'on-failure', 'no'] },
    password: { type: 'string', minLength: 8, pattern: '^[a-z]+$', writeOnly: true },
    env: { type: 'object', 'x-sensitive': true, additionalProperties: { type: 'string' } },
    pin: { $ref: '#/$defs/secret' },
    login: {
      oneOf: [{ type: 'object', additionalProperties: false, properties: { token: { $ref: '#/$defs/secret' } } }],
    },
    'a/b~c': { type: 'string' },
    ports: { type: 'array', items: { type: 'object', required: ['port'], properties: { port: { type: 'integer' } } } },
  },
  $defs: { secret: { type: 'string', maxLength: 4, writeOnly: true } },
}

const validator = createConfigValidator(schema)

describe('createConfigValidator', () => {
  it('finds nothing wrong with a valid configuration', () => {
    expect(validator.issues({ image: 'app:1', replicas: 3, ports: [{ port: 80 }] })).toEqual([])
  })

  it('reports every issue at once, each with its pointer', () => {
    const issues = validator.issues({
      replicas: 99,
      restart_policy: 'allways',
      ports: [{ port: 'http' }, {}],
      colour: 1,
    })
    expect(issues.map(({ path, keyword }) => `${path} ${keyword}`).sort()).toEqual([
      '/colour additionalProperties',
      '/image required',
      '/ports/0/port type',
      '/ports/1/port required',
      '/replicas maximum',
      '/restart_policy enum',
    ])
  })

  it('says what was expected and what came', () => {
    expect(validator.issues({ image: 'app', replicas: 99, ports: [{ port: 'http' }] })).toEqual([
      { path: '/replicas', keyword: 'maximum', message: 'must be <= 10', expected: 10, received: 99 },
      { path: '/ports/0/port', keyword: 'type', message: 'must be integer', expected: 'integer', received: 'http' },
    ])
  })

  it('explains a pattern with the description beside it', () => {
    expect(validator.issues({ image: 'APP' })[0]?.message).toBe(
      'must match ^[a-z:/.0-9-]+$ (a lower-case image reference)',
    )
  })

  it('suggests the key and the value that were meant, and nothing that was not', () => {
    const messages = validator
      .issues({ imgae: 'app', restartPolicy: 'no', restart_policy: 'allways', zzz: 1 })
      .map(({ path, message }) => `${path} ${message}`)
    expect(messages).toContain('/imgae is not a known key; did you mean "image"?')
    expect(messages).toContain('/restartPolicy is not a known key; did you mean "restart_policy"?')
    expect(messages).toContain('/restart_policy must be one of "always", "on-failure", "no"; did you mean "always"?')
    expect(messages).toContain('/zzz is not a known key')
  })

  it('escapes keys in pointers', () => {
    expect(validator.issues({ image: 'app', 'a/b~c': 1 })[0]?.path).toBe('/a~1b~0c')
  })

  it.each([null, undefined, [], 'text', 7])('refuses %j, which is no object', (value) => {
    expect(() => validator.assert(value)).toThrow(InvalidConfigError)
  })

  it('refuses `__proto__` like any unknown key', () => {
    expect(validator.issues(JSON.parse('{"image":"app","__proto__":1}'))[0]?.path).toBe('/__proto__')
  })

  it.each([
    ['marked writeOnly', { password: 'HUNTER2' }],
    ['marked x-sensitive, below an object', { env: { TOKEN: 774411 } }],
    ['marked x-sensitive, the object itself', { env: 'HUNTER2' }],
    ['marked behind a reference', { pin: 'HUNTER2' }],
    ['marked in a branch', { login: { token: 'HUNTER2' } }],
    ['at an unknown key', { pasword: 'HUNTER2' }],
    ['below an unknown key', { replicas: { password: 'HUNTER2' } }],
    ['in an array where none belongs', { replicas: ['HUNTER2'] }],
  ])('never repeats a value that is %s', (_what, config) => {
    const error = new InvalidConfigError({ issues: validator.issues({ image: 'app', ...config }) })
    expect(error.issues).not.toEqual([])
    const said = `${error.message} ${error.stack} ${JSON.stringify(error)} ${JSON.stringify(error.issues)}`
    expect(said).not.toMatch(/HUNTER2|774411/)
  })

  it('names the subject in the message of the error', () => {
    expect(() => validator.assert({ image: '' }, 'configuration of provider "x"')).toThrow(
      /^invalid configuration of provider "x": \/image: must NOT have fewer than 1 characters/,
    )
  })

  it('refuses a schema that is wrong, when it is made', () => {
    expect(() => createConfigValidator({ type: 'strng' })).toThrow(/not a valid JSON Schema/)
  })

  it('refuses a wrong schema with all its mistakes, each time, and a right one after it is compiled', () => {
    const wrong: JsonSchema = { minLength: -1, required: ['a', 'a'] }
    expect(() => createConfigValidator(wrong)).toThrow(/not a valid JSON Schema.*minLength.*required/)
    expect(() => createConfigValidator(wrong)).toThrow(/not a valid JSON Schema.*minLength.*required/)
    expect(createConfigValidator({ type: 'object' }).issues({})).toEqual([])
  })

  it('keeps schemas of the same `$id` apart', () => {
    const make = (type: string) =>
      createConfigValidator({
        $id: 'https://example.com/config',
        type: 'object',
        properties: { size: { $ref: 'size' } },
        $defs: { size: { $id: 'https://example.com/size', type } },
      })
    const [number, text] = [make('number'), make('string')]
    expect([number.issues({ size: 1 }), text.issues({ size: 'large' })]).toEqual([[], []])
    expect([...number.issues({ size: 'large' }), ...text.issues({ size: 1 })].map(({ path }) => path)).toEqual([
      '/size',
      '/size',
    ])
  })
})
