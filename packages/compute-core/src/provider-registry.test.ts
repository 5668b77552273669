import { describe, expect, it } from 'vitest'
import { createTestProvider } from './__fixtures__/create-test-provider.ts'
import { ProviderConflictError } from './errors/provider-conflict-error.ts'
import { ProviderNotFoundError } from './errors/provider-not-found-error.ts'
import { ProviderRegistry } from './provider-registry.ts'

describe('ProviderRegistry', () => {
  it('gives back what was registered, sorted by name', () => {
    const docker = createTestProvider({ name: 'docker' })
    const registry = new ProviderRegistry().register(createTestProvider({ name: 'mock' })).register(docker)
    expect(registry.list()).toEqual(['docker', 'mock'])
    expect(registry.get('docker')).toBe(docker)
    expect([registry.has('docker'), registry.has('ecs')]).toEqual([true, false])
  })

  it('describes a provider with its schema, defaults and capabilities', () => {
    const provider = createTestProvider({ name: 'docker' })
    expect(new ProviderRegistry().register(provider).describe('docker')).toEqual({
      name: 'docker',
      specificationVersion: 'v1',
      capabilities: provider.capabilities,
      configSchema: provider.configSchema,
      configDefaults: {},
    })
  })

  it.each(['', '  '])('refuses the empty name %j', (name) => {
    expect(() => new ProviderRegistry().register(createTestProvider({ name }))).toThrow(ProviderConflictError)
  })

  it('refuses a name that is taken, and keeps the first', () => {
    const first = createTestProvider({ name: 'mock' })
    const registry = new ProviderRegistry().register(first)
    expect(() => registry.register(createTestProvider({ name: 'mock' }))).toThrow(/"mock" is already registered/)
    expect(registry.get('mock')).toBe(first)
  })

  it.each(['v2', undefined])('refuses specification version %j, and says what it accepts', (specificationVersion) => {
    const provider = Object.assign(createTestProvider({ name: 'new' }), {
      specificationVersion: specificationVersion as 'v1',
    })
    expect(() => new ProviderRegistry().register(provider)).toThrow(
      new RegExp(`"new" speaks specification version "?${specificationVersion}"?, .* accepts v1; upgrade`),
    )
  })

  it('lists the names to choose from, and the one that was meant', () => {
    const registry = new ProviderRegistry().register(createTestProvider({ name: 'docker' }))
    expect(() => registry.get('dokcer')).toThrow(
      'no compute provider named "dokcer" (did you mean "docker"?); choose one of: docker',
    )
    expect(() => registry.get('constructor')).toThrow(ProviderNotFoundError)
    expect(() => new ProviderRegistry().get('docker')).toThrow(/none is configured/)
  })

  it('closes every provider, though one fails to', async () => {
    const closed: string[] = []
    const registry = new ProviderRegistry()
    for (const name of ['a', 'b', 'c']) {
      const close = async () => {
        closed.push(name)
        if (name === 'a') throw new Error('a is stuck')
      }
      registry.register({ ...createTestProvider({ name }), ...(name === 'c' ? {} : { close }) })
    }
    await expect(registry.close()).rejects.toMatchObject({ errors: [{ message: 'a is stuck' }] })
    expect(closed).toEqual(['a', 'b'])
  })
})
