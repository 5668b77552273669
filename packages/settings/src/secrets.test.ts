import { describe, expect, it } from 'vitest'
import { loadAppSettings, problemsOf } from './__fixtures__/load-app-settings.ts'
import { loadSettings } from './load-settings.ts'
import { SettingsError } from './settings-error.ts'

const SECRET = 's3cret'

describe('secrets', () => {
  it('are redacted in the description, with their key and source', () => {
    const { values, describe: rows } = loadAppSettings({ env: { LANDLORD_DATABASE_URL: `postgres://u:${SECRET}@h/d` } })
    expect(values.database.url).toContain(SECRET)
    expect(JSON.stringify(rows())).not.toContain(SECRET)
    expect(rows()).toContainEqual({ key: 'database.url', value: '[redacted]', source: 'LANDLORD_DATABASE_URL' })
    expect(rows()).toContainEqual({ key: 'http.port', value: 8080, source: 'default' })
  })

  it('may be where no schema looks, so undescribed values are hidden until a schema describes them', () => {
    const { describe: rows } = loadAppSettings({ file: `compute:\n  nomad: {token: ${SECRET}, region: eu}\n` })
    expect(rows().filter((row) => row.key.startsWith('compute'))).toEqual([
      { key: 'compute.nomad.region', value: '[redacted]', source: 'landlord.yaml:2:26' },
      { key: 'compute.nomad.token', value: '[redacted]', source: 'landlord.yaml:2:11' },
    ])
    const nomad = { properties: { token: { type: 'string', writeOnly: true }, region: { type: 'string' } } }
    const wider = { properties: { compute: { properties: { nomad } } } }
    expect(rows(wider).find((row) => row.key === 'compute.nomad.region')?.value).toBe('eu')
    expect(JSON.stringify(rows(wider))).not.toContain(SECRET)
  })

  it.each([
    [
      'below a marked object',
      { type: 'object', writeOnly: true, additionalProperties: { type: 'string' } },
      { a: SECRET },
    ],
    ['in a list', { type: 'array', items: { type: 'string', writeOnly: true } }, [SECRET]],
    ['in a union', { anyOf: [{ type: 'string', writeOnly: true }, { type: 'object' }] }, SECRET],
    ['behind a reference', { $ref: '#/$defs/secret' }, SECRET],
    ['behind a reference in a recursive schema', { $ref: '#/$defs/tree' }, { child: { child: { token: SECRET } } }],
    [
      'by pattern',
      { type: 'object', patternProperties: { '^t': { type: 'string', writeOnly: true } } },
      { token: SECRET },
    ],
  ])('are found %s', (_where, property, value) => {
    const tree = {
      type: 'object',
      properties: { child: { $ref: '#/$defs/tree' }, token: { type: 'string', writeOnly: true } },
    }
    const schema = { properties: { it: property }, $defs: { secret: { type: 'string', writeOnly: true }, tree } }
    const loaded = loadSettings({ schema, env: {}, searchPaths: [], flags: { it: value } })
    expect(JSON.stringify(loaded.values)).toContain(SECRET)
    expect(JSON.stringify(loaded.describe())).not.toContain(SECRET)
  })

  it.each([
    ['a wrong format in the file', { file: `database:\n  url: ${SECRET}\n` }],
    ['a wrong type in the file', { file: `database:\n  url: [${SECRET}]\n` }],
    ['a wrong format in the environment', { env: { LANDLORD_DATABASE_URL: SECRET } }],
    ['a wrong flag', { flags: { 'database.url': [SECRET] } }],
    ['broken JSON', { env: { LANDLORD_COMPUTE: `{"docker":{"token":"${SECRET}` } }],
    ['JSON of another type', { env: { LANDLORD_COMPUTE: `["${SECRET}"]`, LANDLORD_DATABASE: `"${SECRET}"` } }],
    ['an unclosed quote', { file: `database:\n  url: "${SECRET}\n` }],
    ['text after a block header', { file: `database:\n  url: |${SECRET}\n    x\n` }],
    ['an alias', { file: `database:\n  url: *${SECRET}\n` }],
    ['a tag', { file: `database:\n  url: !${SECRET}\n` }],
    ['an escape', { file: 'database:\n  url: "\\s3cret"\n' }],
    ['text that is not YAML', { file: `database:\n  url: "a" ${SECRET}\n  ]${SECRET}: [}\n` }],
  ])('do not appear in the error about %s', (_what, options) => {
    const problems = problemsOf(options)
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.join()).not.toMatch(/s3cret|\\s/)
  })

  it('do not appear in the error of an enumeration, nor in a hint', () => {
    const schema = { properties: { pin: { type: 'string', writeOnly: true, enum: ['abcdef'] } } }
    const load = () => loadSettings({ schema, env: { LANDLORD_PIN: 'abcdeg' }, searchPaths: [] })
    expect(load).toThrow(SettingsError)
    expect(load).not.toThrow(/abcdeg|did you mean/)
  })
})
