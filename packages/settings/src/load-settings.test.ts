import { describe, expect, it } from 'vitest'
import { loadAppSettings, problemsOf } from './__fixtures__/load-app-settings.ts'
import { settingsFolder } from './__fixtures__/settings-folder.ts'
import { loadSettings } from './load-settings.ts'

describe('loadSettings', () => {
  it('gives the defaults of the schema when nobody says anything', () => {
    const { values, sources, file, warnings } = loadAppSettings()
    expect(values).toEqual({
      database: { url: 'sqlite:landlord.db', pool: { max: 10, idle_seconds: 30 } },
      http: { port: 8080, allowed_origins: [], trust_proxy: false },
      log_level: 'info',
      compute: {},
    })
    expect(new Set(Object.values(sources).map((source) => source.kind))).toEqual(new Set(['default']))
    expect(file).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('prefers flags to the environment, the environment to the file and the file to defaults, key by key', () => {
    const cwd = settingsFolder({
      'landlord.yaml': 'http:\n  port: 1\n  trust_proxy: true\n  allowed_origins: [file]\n',
    })
    const { values, sources, file } = loadAppSettings({
      cwd,
      env: { LANDLORD_HTTP_PORT: '2', LANDLORD_HTTP_ALLOWED_ORIGINS: 'env' },
      flags: { 'http.port': 3 },
    })
    expect(values.http).toEqual({ port: 3, allowed_origins: ['env'], trust_proxy: true })
    expect(file).toBe(`${cwd}/landlord.yaml`)
    expect(sources['/http/port']).toEqual({ kind: 'flag', name: '--http-port' })
    expect(sources['/http/allowed_origins']).toEqual({ kind: 'environment', name: 'LANDLORD_HTTP_ALLOWED_ORIGINS' })
    expect(sources['/http/trust_proxy']).toEqual({ kind: 'file', path: `${cwd}/landlord.yaml`, line: 3, column: 3 })
    expect(sources['/log_level']).toEqual({ kind: 'default' })
  })

  it('takes a map without declared keys whole from the highest layer', () => {
    const file = 'compute:\n  docker:\n    host: unix:///run/docker.sock\n'
    expect(loadAppSettings({ file }).values.compute).toEqual({ docker: { host: 'unix:///run/docker.sock' } })
    expect(loadAppSettings({ file, env: { LANDLORD_COMPUTE: '{"mock":{}}' } }).values.compute).toEqual({ mock: {} })
  })

  it('creates an optional section only when somebody mentions it, and then with its defaults', () => {
    const env = { LANDLORD_HTTP_TLS_CERTIFICATE: '/cert.pem' }
    const { values, sources } = loadAppSettings({ env })
    expect(values.http.tls).toEqual({ certificate: '/cert.pem', minimum_version: '1.2' })
    expect(sources['/http/tls/minimum_version']).toEqual({ kind: 'default' })
  })

  it('fills the defaults inside lists and maps', () => {
    const scoped = {
      type: 'object',
      properties: { name: { type: 'string' }, scope: { type: 'string', default: 'read' } },
    }
    const schema = {
      type: 'object',
      properties: { tokens: { type: 'array', items: scoped }, teams: { type: 'object', additionalProperties: scoped } },
    }
    const env = { LANDLORD_TOKENS: '[{"name":"a"}]', LANDLORD_TEAMS: '{"b":{}}' }
    expect(loadSettings({ schema, env, searchPaths: [] }).values).toEqual({
      tokens: [{ name: 'a', scope: 'read' }],
      teams: { b: { scope: 'read' } },
    })
  })

  it('freezes the values deeply and leaves its arguments alone', () => {
    const flags = { compute: { docker: { labels: ['a'] } } }
    const { values } = loadAppSettings({ flags })
    expect(Object.isFrozen(values) && Object.isFrozen(values.http) && Object.isFrozen(values.compute.docker)).toBe(true)
    expect(() => Object.assign(values.database.pool, { max: 3 })).toThrow(TypeError)
    flags.compute.docker.labels.push('b')
    expect(values.compute).toEqual({ docker: { labels: ['a'] } })
  })

  it('reports all problems at once, each with its source', () => {
    const file = 'database:\n  pool:\n    max: ten\nhtpp: {}\n'
    const env = { LANDLORD_HTTP_TRUST_PROXY: 'perhaps' }
    expect(problemsOf({ file, env, flags: { log_level: 'loud' } })).toEqual([
      'landlord.yaml:3:5 database.pool.max: must be integer, got "ten"',
      'landlord.yaml:4:1 htpp: is not a known key; did you mean "http"?',
      'LANDLORD_HTTP_TRUST_PROXY http.trust_proxy: must be boolean (true, false, 1, 0, yes, no, on or off), got "perhaps"',
      '--log-level log_level: must be one of "debug", "info", "error", got "loud"',
    ])
  })

  it('says how to set what is missing, and does not call missing what was given wrongly', () => {
    const schema = {
      type: 'object',
      properties: {
        api: { type: 'object', required: ['port'], properties: { port: { type: 'integer' } } },
      },
      required: ['api'],
    }
    const load = (env: Record<string, string>) => () => loadSettings({ schema, env, searchPaths: [] })
    expect(load({})).toThrow('api.port: is required; set it in the settings file or with LANDLORD_API_PORT')
    expect(load({ LANDLORD_API_PORT: 'x' })).toThrow(/^LANDLORD_API_PORT api\.port: must be integer, got "x"$/)
  })

  it('is not fooled by names that every object has', () => {
    const file = 'http:\n  __proto__: {port: 1}\n  constructor: 2\n'
    expect(problemsOf({ file })).toEqual([
      'landlord.yaml:2:3 http.__proto__: is not a known key',
      'landlord.yaml:3:3 http.constructor: is not a known key',
    ])
  })

  it('refuses a schema that is wrong with a TypeError', () => {
    const load = (schema: object) => () => loadSettings({ schema, env: {}, searchPaths: [] })
    expect(load({ type: 'objekt' })).toThrow(TypeError)
    expect(load({ properties: { a: { $ref: '#/$defs/none' } } })).toThrow('leads nowhere')
    expect(load({ properties: { a_b: {}, a: { properties: { b: {} } } } })).toThrow(
      'LANDLORD_A_B would set both a_b and a.b',
    )
    expect(load({ properties: { config: {} } })).toThrow('LANDLORD_CONFIG')
  })
})
