import { describe, expect, it } from 'vitest'
import { loadAppSettings, problemsOf } from './__fixtures__/load-app-settings.ts'
import { loadSettings } from './load-settings.ts'

const messages = (env: Record<string, string>) => loadAppSettings({ env }).warnings.map((warning) => warning.message)

describe('the environment', () => {
  it('is read as the type of each key', () => {
    const env = {
      LANDLORD_HTTP_PORT: '9000',
      LANDLORD_DATABASE_POOL_IDLE_SECONDS: '1.5',
      LANDLORD_HTTP_TRUST_PROXY: 'yes',
      LANDLORD_HTTP_ALLOWED_ORIGINS: 'https://a, https://b',
      LANDLORD_LOG_LEVEL: 'debug',
      LANDLORD_COMPUTE: '{"docker":{"memory_mib":64}}',
    }
    expect(loadAppSettings({ env }).values).toMatchObject({
      http: { port: 9000, trust_proxy: true, allowed_origins: ['https://a', 'https://b'] },
      database: { pool: { idle_seconds: 1.5 } },
      log_level: 'debug',
      compute: { docker: { memory_mib: 64 } },
    })
  })

  it.each([
    ['integer', '12', 12],
    ['integer', '1.5', undefined],
    ['integer', '99999999999999999999', undefined],
    ['number', '1e3', 1000],
    ['number', 'Infinity', undefined],
    ['boolean', 'OFF', false],
    ['boolean', '2', undefined],
    ['string', '12', '12'],
    ['array', '["a,b"]', ['a,b']],
    ['array', '[]', []],
    ['array', '[oops]', undefined],
    ['object', '[]', undefined],
    [['integer', 'string'], '12', 12],
    [['integer', 'string'], 'auto', 'auto'],
    [['array', 'string'], 'a,b', 'a,b'],
    [['array', 'string'], '["a"]', ['a']],
    [['string', 'null'], 'null', null],
  ])('reads %s from %s as %j', (type, text, expected) => {
    const load = () =>
      loadSettings({ schema: { properties: { key: { type } } }, env: { LANDLORD_KEY: text }, searchPaths: [] })
    if (expected === undefined) expect(load).toThrow(/^LANDLORD_KEY key: must be /)
    else expect(load().values).toEqual({ key: expected })
  })

  it('sets the items of a list as the type of its items', () => {
    const schema = { properties: { ports: { type: 'array', items: { type: 'integer' } } } }
    const load = (text: string) => loadSettings({ schema, env: { LANDLORD_PORTS: text }, searchPaths: [] })
    expect(load('1, 2').values).toEqual({ ports: [1, 2] })
    expect(() => load('1,x')).toThrow('LANDLORD_PORTS ports[1]: must be integer, got "x"')
  })

  it('sets a whole section as JSON, and single keys over it', () => {
    const env = { LANDLORD_DATABASE_POOL: '{"max": 3, "idle_seconds": 4}', LANDLORD_DATABASE_POOL_MAX: '5' }
    expect(loadAppSettings({ env }).values.database.pool).toEqual({ max: 5, idle_seconds: 4 })
  })

  it('counts an empty variable as not set', () => {
    expect(loadAppSettings({ env: { LANDLORD_HTTP_PORT: '', LANDLORD_CONFIG: '' } }).values.http.port).toBe(8080)
  })

  it('knows the names that the schema or the caller adds', () => {
    const env = { LANDLORD_CLI_API_URL: 'https://a', DATABASE_URL: 'postgres://b' }
    const { values, sources } = loadAppSettings({ env, envAliases: { 'database.url': ['DATABASE_URL'] } })
    expect(values).toMatchObject({ api_url: 'https://a', database: { url: 'postgres://b' } })
    expect(sources['/database/url']).toEqual({ kind: 'environment', name: 'DATABASE_URL' })
    expect(() => loadAppSettings({ envAliases: { 'database.ulr': ['X'] } })).toThrow(TypeError)
  })

  it('prefers the derived name to an alias and says so when they differ', () => {
    const { values, warnings } = loadAppSettings({ env: { LANDLORD_API_URL: 'a', LANDLORD_CLI_API_URL: 'b' } })
    expect(values.api_url).toBe('a')
    expect(warnings.map(({ code, message }) => [code, message])).toEqual([
      ['shadowed_variable', 'LANDLORD_CLI_API_URL api_url: has no effect because LANDLORD_API_URL is set'],
    ])
    expect(messages({ LANDLORD_API_URL: 'a', LANDLORD_CLI_API_URL: 'a' })).toEqual([])
  })

  it('warns of unknown variables and goes on', () => {
    expect(messages({ LANDLORD_HTTP_PROT: '1', OTHER: 'x', LANDLORDS: 'x' })).toEqual([
      'LANDLORD_HTTP_PROT: is not a known variable; did you mean "LANDLORD_HTTP_PORT"?',
    ])
    expect(messages({ LANDLORD_COMPUTE_DOCKER_HOST: 'x' })).toEqual([
      'LANDLORD_COMPUTE_DOCKER_HOST: is not a known variable; set compute as a whole with a JSON object in LANDLORD_COMPUTE',
    ])
  })

  it('takes another prefix', () => {
    const { values } = loadAppSettings({ envPrefix: 'ACME', env: { ACME_HTTP_PORT: '1', LANDLORD_HTTP_PORT: '2' } })
    expect(values.http.port).toBe(1)
  })

  it('names the variable whose JSON is wrong', () => {
    expect(problemsOf({ env: { LANDLORD_COMPUTE: '{docker' } })).toEqual([
      'LANDLORD_COMPUTE compute: must be a JSON object',
    ])
    expect(problemsOf({ env: { LANDLORD_COMPUTE: '{"docker":1}' } })).toEqual([
      'LANDLORD_COMPUTE compute.docker: must be object, got 1',
    ])
  })
})
