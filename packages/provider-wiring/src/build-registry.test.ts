import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { buildRegistry } from './build-registry.ts'
import { ComputeSettingsError } from './compute-settings-error.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'landlord-wiring-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const build = (compute: Parameters<typeof buildRegistry>[0]) =>
  buildRegistry(compute, { installation: 'i-1', logger: silentLogger, resolveFrom: folder })

async function installPackage(name: string, source: string): Promise<void> {
  const path = join(folder, 'node_modules', name)
  await mkdir(path, { recursive: true })
  await writeFile(
    join(path, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: { import: './index.js' } }),
  )
  await writeFile(join(path, 'index.js'), source)
}

const lantern = `export const createProvider = ({ installation, settings }) => ({
  specificationVersion: 'v1', name: 'lantern', capabilities: {}, configSchema: { settings, installation },
})`

describe('buildRegistry', () => {
  it('enables exactly the providers whose block is there', async () => {
    const registry = await build({ docker: {}, mock: null })
    expect(registry.list()).toEqual(['docker', 'mock'])
    await registry.close()
    expect((await build({})).list()).toEqual([])
  })

  it("lays the mock's block under its tenants' configuration", async () => {
    const registry = await build({ mock: { image: 'shop:1', world_file: join(folder, 'world.db') } })
    expect(registry.describe('mock').configDefaults).toMatchObject({ image: 'shop:1' })
    expect(registry.describe('mock').configDefaults).not.toHaveProperty('world_file')
    await registry.close()
  })

  it('loads a provider from an installed package and hands it its block', async () => {
    await installPackage('@acme/landlord-provider-lantern', lantern)
    const registry = await build({ '@acme/landlord-provider-lantern': { colour: 'red' } })
    expect(registry.describe('lantern').configSchema).toEqual({ settings: { colour: 'red' }, installation: 'i-1' })
  })

  it('says what to install when nothing of that name is there, and guesses at a misspelling', async () => {
    await expect(build({ dockre: {} })).rejects.toThrow(
      /compute\.dockre: .*Did you mean "docker"\?.*npm install dockre/s,
    )
    await expect(build({ '@acme/none': {} })).rejects.toBeInstanceOf(ComputeSettingsError)
  })

  it('names a package that is no provider or does not load', async () => {
    await installPackage('not-a-provider', 'export const hello = 1')
    await expect(build({ 'not-a-provider': {} })).rejects.toThrow(/exports no function `createProvider`/)
    await installPackage('broken', 'throw new Error("no lamp oil")')
    await expect(build({ broken: {} })).rejects.toThrow(/compute\.broken: .*no lamp oil/)
  })

  it('reports every wrong block at once', async () => {
    const error = await build({ mock: { imagee: 'x' }, docker: { network_drivr: 'bridge' } }).catch(
      (cause: unknown) => cause,
    )
    expect(error).toBeInstanceOf(AggregateError)
    expect((error as AggregateError).message).toMatch(/compute\.mock: .*\/imagee.*did you mean "image"/)
    expect((error as AggregateError).message).toMatch(
      /compute\.docker: .*\/network_drivr.*did you mean "network_driver"/,
    )
  })

  it('refuses two blocks that lead to one name', async () => {
    await installPackage('lantern-a', lantern)
    await installPackage('lantern-b', lantern)
    await expect(build({ 'lantern-a': {}, 'lantern-b': {} })).rejects.toThrow(
      /compute\.lantern-b: .*already registered/,
    )
  })
})
