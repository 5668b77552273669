import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type AppSettings, appSchema } from './__fixtures__/app-schema.ts'
import { loadAppSettings, problemsOf } from './__fixtures__/load-app-settings.ts'
import { settingsFolder } from './__fixtures__/settings-folder.ts'
import { type LoadSettingsOptions, loadSettings } from './load-settings.ts'

const isRoot = process.getuid?.() === 0

describe('the settings file', () => {
  it('is the one of --config, then of LANDLORD_CONFIG, then the first on the search path', () => {
    const cwd = settingsFolder({
      'flag.yaml': 'http: {port: 1}',
      'variable.yaml': 'http: {port: 2}',
      'landlord.yaml': 'http: {port: 3}',
      'xdg/landlord/config.yaml': 'http: {port: 4}',
      'home/.config/landlord/config.yaml': 'http: {port: 5}',
    })
    const empty = settingsFolder()
    const homeDirectory = join(cwd, 'home')
    const portOf = (options: Partial<LoadSettingsOptions>) =>
      loadSettings<AppSettings>({ schema: appSchema, env: {}, homeDirectory, ...options }).values.http.port
    expect(portOf({ cwd, configFile: 'flag.yaml', env: { LANDLORD_CONFIG: 'variable.yaml' } })).toBe(1)
    expect(portOf({ cwd, env: { LANDLORD_CONFIG: join(cwd, 'variable.yaml') } })).toBe(2)
    expect(portOf({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'xdg') } })).toBe(3)
    expect(portOf({ cwd: empty, env: { XDG_CONFIG_HOME: join(cwd, 'xdg') } })).toBe(4)
    expect(portOf({ cwd: empty, env: { XDG_CONFIG_HOME: 'relative' } })).toBe(5)
  })

  it('must exist when somebody asked for it', () => {
    expect(problemsOf({ configFile: 'none.yaml' })).toEqual([
      'settings file none.yaml does not exist (asked for by --config)',
    ])
    expect(problemsOf({ env: { LANDLORD_CONFIG: '/nowhere/x.yaml' } })).toEqual([
      'settings file /nowhere/x.yaml does not exist (asked for by LANDLORD_CONFIG)',
    ])
  })

  it('cannot be a directory', () => {
    const cwd = settingsFolder()
    mkdirSync(join(cwd, 'landlord.yaml'))
    expect(problemsOf({ cwd })).toEqual(['settings file landlord.yaml is a directory; expected a YAML file'])
  })

  it('cannot be a link that leads in a circle', () => {
    const cwd = settingsFolder()
    symlinkSync('landlord.yaml', join(cwd, 'landlord.yaml'))
    expect(problemsOf({ cwd })[0]).toMatch(/^settings file landlord\.yaml cannot be read \(ELOOP/)
  })

  it.skipIf(isRoot)('must be readable', () => {
    const cwd = settingsFolder({ 'landlord.yaml': '' })
    chmodSync(join(cwd, 'landlord.yaml'), 0)
    expect(problemsOf({ cwd })).toEqual([
      'settings file landlord.yaml cannot be read by this user (EACCES); change its owner or mode',
    ])
  })

  it('may be empty, JSON, use anchors, and leave blocks empty', () => {
    expect(loadAppSettings({ file: '# nothing yet\n' }).values.http.port).toBe(8080)
    expect(loadAppSettings({ file: '' }).values.http.port).toBe(8080)
    const json = '{\n\t"$schema": "https://example.com/schema.json",\n\t"http": { "port": 1 }\n}'
    expect(loadAppSettings({ file: json }).values.http.port).toBe(1)
    expect(loadAppSettings({ file: 'compute:\n  a: &a {x: 1}\n  b: *a\n' }).values.compute).toEqual({
      a: { x: 1 },
      b: { x: 1 },
    })
    expect(loadAppSettings({ file: 'http:\n  # port: 1\ncompute:\n  docker:\n' }).values.compute).toEqual({
      docker: {},
    })
  })

  it('names the place of broken YAML and of duplicate keys', () => {
    expect(problemsOf({ file: 'http:\n  port: 1\n  port: 2\n' })).toEqual([
      'landlord.yaml:3:3: key "port" is given twice; keep one',
    ])
    expect(problemsOf({ file: 'http: "1\n' })).toEqual(['landlord.yaml:2:1: not valid YAML: Missing closing "quote'])
    expect(problemsOf({ file: 'a: 1\n---\nb: 2\n' })[0]).toMatch(/^landlord\.yaml:2:1: not valid YAML: /)
    expect(problemsOf({ file: '- http\n' })).toEqual(['landlord.yaml:1:1: must hold keys and values'])
    expect(problemsOf({ file: 'log_level: !level debug\n' })).toEqual([
      'landlord.yaml:1:12: not valid YAML: Unresolved tag',
    ])
  })

  it('does not call missing what a broken file may hold', () => {
    const schema = { type: 'object', required: ['name'], properties: { name: { type: 'string' } } }
    expect(problemsOf({ schema, file: 'name: "x\n' })).toHaveLength(1)
  })

  it('is refused where a block is a scalar, even if a variable sets a key of that block', () => {
    expect(problemsOf({ file: 'http: 8080\n', env: { LANDLORD_HTTP_PORT: '1' } })).toEqual([
      'landlord.yaml:1:1 http: must be object, got 8080',
    ])
  })

  it('names the place where an alias got its value', () => {
    const { sources, file } = loadAppSettings({ file: 'compute:\n  a: &a\n    x: 1\n  b: *a\n' })
    expect(sources['/compute/b/x']).toEqual({ kind: 'file', path: file, line: 3, column: 5 })
  })

  it('may have keys with slashes and dots', () => {
    expect(problemsOf({ file: 'compute:\n  "@acme/nomad": 1\n  a.b: 2\n' })).toEqual([
      'landlord.yaml:2:3 compute.@acme/nomad: must be object, got 1',
      'landlord.yaml:3:3 compute["a.b"]: must be object, got 2',
    ])
  })

  it('names the place of problems inside lists and blocks', () => {
    const file = 'http:\n  allowed_origins:\n    - https://a\n    - 7\ncompute:\n  docker: engine\n'
    expect(problemsOf({ file })).toEqual([
      'landlord.yaml:4:7 http.allowed_origins[1]: must be string, got 7',
      'landlord.yaml:6:3 compute.docker: must be object, got "engine"',
    ])
  })
})
