import { describe, expect, it } from 'vitest'
import { createTestProvider } from './__fixtures__/create-test-provider.ts'
import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import { ProviderNotFoundError } from './errors/provider-not-found-error.ts'
import { ProviderRegistry } from './provider-registry.ts'
import { type ProviderSelection, selectProvider } from './select-provider.ts'

function registryOf(...names: string[]): ProviderRegistry {
  const registry = new ProviderRegistry()
  for (const name of names) registry.register(createTestProvider({ name }))
  return registry
}

const all = registryOf('a', 'b', 'c', 'd', 'e', 'f')

describe('selectProvider', () => {
  it('asks the request, then labels, then annotations, each for compute_provider before compute_provider_type', () => {
    const sources = [
      ['request', 'compute_provider', 'a'],
      ['request', 'compute_provider_type', 'b'],
      ['labels', 'compute_provider', 'c'],
      ['labels', 'compute_provider_type', 'd'],
      ['annotations', 'compute_provider', 'e'],
      ['annotations', 'compute_provider_type', 'f'],
    ] as const
    for (let first = 0; first < sources.length; first++) {
      const selection: Record<string, Record<string, string>> = {}
      for (const [source, key, name] of sources.slice(first)) selection[source] = { ...selection[source], [key]: name }
      expect(selectProvider(all, selection as ProviderSelection)).toBe(sources[first]?.[2])
    }
  })

  it('passes over what is empty or no text', () => {
    const selection = { request: { compute_provider: '', compute_provider_type: 7 }, labels: { compute_provider: 'c' } }
    expect(selectProvider(all, selection)).toBe('c')
  })

  it('is the only provider when nothing is said', () => {
    expect(selectProvider(registryOf('mock'), {})).toBe('mock')
  })

  it('refuses a name that is not registered, though there is only one to choose', () => {
    expect(() => selectProvider(registryOf('mock'), { labels: { compute_provider: 'ecs' } })).toThrow(
      ProviderNotFoundError,
    )
  })

  it('lists the names when there is a choice to make', () => {
    expect(() => selectProvider(registryOf('mock', 'docker'), {})).toThrow(
      /\/compute_provider: several compute providers are configured; choose one of: docker, mock/,
    )
  })

  it('says where to configure one when there is none', () => {
    expect(() => selectProvider(registryOf(), {})).toThrow(InvalidSpecError)
    expect(() => selectProvider(registryOf(), {})).toThrow(/add one under `compute:`/)
  })
})
