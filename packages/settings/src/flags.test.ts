import { describe, expect, it } from 'vitest'
import { loadAppSettings, problemsOf } from './__fixtures__/load-app-settings.ts'
import { loadSettings } from './load-settings.ts'

describe('flags', () => {
  it('come dotted, nested or both; undefined is not given', () => {
    const flags = {
      'http.port': 1,
      'http.trust_proxy': undefined,
      http: { allowed_origins: ['a'] },
      log_level: undefined,
    }
    const { values } = loadAppSettings({ flags, env: { LANDLORD_LOG_LEVEL: 'error' } })
    expect(values).toMatchObject({ http: { port: 1, allowed_origins: ['a'], trust_proxy: false }, log_level: 'error' })
  })

  it('set one key inside a map, or the map', () => {
    const file = 'compute:\n  docker: {host: a, network: b}\n'
    expect(loadAppSettings({ file, flags: { 'compute.docker.host': 'c' } }).values.compute).toEqual({
      docker: { host: 'c', network: 'b' },
    })
    expect(loadAppSettings({ file, flags: { compute: { mock: {} } } }).values.compute).toEqual({ mock: {} })
  })

  it('replace the sources of what they replace', () => {
    const docker = { type: 'object', additionalProperties: { type: 'string' } }
    const compute = { type: 'object', properties: { docker }, additionalProperties: true }
    const env = { LANDLORD_COMPUTE_DOCKER: '{"host":"a"}' }
    const flags = { compute: { docker: { host: 'b' } } }
    const { values, sources } = loadSettings({ schema: { properties: { compute } }, env, flags, searchPaths: [] })
    expect(values).toEqual(flags)
    expect(sources['/compute/docker/host']).toEqual({ kind: 'flag', name: '--compute' })
  })

  it('cannot reach what all objects share', () => {
    const { values } = loadAppSettings({ flags: { 'compute.__proto__.polluted': true } })
    expect(Object.hasOwn(values.compute, '__proto__')).toBe(true)
    expect('polluted' in {}).toBe(false)
  })

  it('that their command left as text are read as their type', () => {
    expect(loadAppSettings({ flags: { 'http.port': '1' } }).values.http.port).toBe(1)
    expect(problemsOf({ flags: { 'http.port': 'x' } })).toEqual(['--http-port http.port: must be integer, got "x"'])
  })

  it('appear in messages under the name that the user typed', () => {
    const flags = { 'http.port': 99_999, 'database.pool.idle_seconds': true }
    expect(problemsOf({ flags, flagNames: { 'http.port': '-p' } })).toEqual([
      '--database-pool-idle-seconds database.pool.idle_seconds: must be number, got true',
      '-p http.port: must be <= 65535, got 99999',
    ])
  })

  it('for keys that nobody knows are refused', () => {
    expect(problemsOf({ flags: { 'http.prot': 1, nothing: { like: 1 } } })).toEqual([
      '--http-prot http.prot: is not a known key; did you mean "port"?',
      '--nothing nothing: is not a known key',
    ])
  })
})
