import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type LandlordSettings, landlordSettingsSchema } from './landlord-settings.ts'
import { loadSettings } from './load-settings.ts'

const page = readFileSync(new URL('../../../docs/many-machines.md', import.meta.url), 'utf8')

it('loads the settings that docs/many-machines.md shows', () => {
  const example = /```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'landlord-many-'))
  const configFile = join(folder, 'landlord.yaml')
  writeFileSync(configFile, example)
  const { values } = loadSettings<LandlordSettings>({ schema: landlordSettingsSchema, env: {}, configFile })
  rmSync(folder, { recursive: true })
  expect(values).toMatchObject({
    server: { host: '0.0.0.0' },
    database: { pool_size: 20, lock_timeout_seconds: 5 },
    worker: { advertised_url: 'https://workers.internal:9080' },
  })
})

it('tells every setting of the database with its default', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\w+) \|/gm)].map(([, key, value]) => [key, value])
  const { properties } = landlordSettingsSchema.properties.database
  const defaults = Object.entries(properties).map(([key, schema]) => [
    key,
    'default' in schema ? String(schema.default) : 'required',
  ])
  expect(rows).toEqual(defaults)
})
