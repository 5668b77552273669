import type { ComputeProvider } from './compute-provider.ts'
import { ProviderConflictError } from './errors/provider-conflict-error.ts'
import { ProviderNotFoundError } from './errors/provider-not-found-error.ts'
import type { JsonObject, JsonSchema } from './json.ts'
import type { ProviderCapabilities } from './provider-capabilities.ts'
import { suggestName } from './suggest-name.ts'

const SUPPORTED_SPECIFICATION_VERSIONS: readonly string[] = ['v1']

export interface ProviderDescription {
  readonly name: string
  readonly specificationVersion: string
  readonly capabilities: ProviderCapabilities
  readonly configSchema: JsonSchema
  readonly configDefaults: JsonObject
}

/** The providers of one process, by name. */
export class ProviderRegistry {
  readonly #providers = new Map<string, ComputeProvider>()

  /** Throws `ProviderConflictError` for an empty or taken name and for an unknown specification version. */
  register(provider: ComputeProvider): this {
    const { name } = provider
    if (typeof name !== 'string' || name.trim() === '') {
      throw new ProviderConflictError({ message: 'a provider must have a name; this one is empty' })
    }
    const version: string = provider.specificationVersion
    if (!SUPPORTED_SPECIFICATION_VERSIONS.includes(version)) {
      throw new ProviderConflictError({
        message: `provider "${name}" speaks specification version ${JSON.stringify(version)}, this @landlord/compute-core accepts ${SUPPORTED_SPECIFICATION_VERSIONS.join(', ')}; upgrade whichever is older`,
        details: { name, found: version ?? null, accepted: [...SUPPORTED_SPECIFICATION_VERSIONS] },
      })
    }
    if (this.#providers.has(name)) {
      throw new ProviderConflictError({
        message: `a provider named "${name}" is already registered; give one of the two another name`,
        details: { name },
      })
    }
    this.#providers.set(name, provider)
    return this
  }

  /** Throws `ProviderNotFoundError`, which lists the names to choose from. */
  get(name: string): ComputeProvider {
    const provider = this.#providers.get(name)
    if (provider !== undefined) return provider
    const available = this.list()
    const guess = suggestName(name, available)
    const choice = available.length === 0 ? 'none is configured' : `choose one of: ${available.join(', ')}`
    throw new ProviderNotFoundError({
      message: `no compute provider named "${name}"${guess === undefined ? '' : ` (did you mean "${guess}"?)`}; ${choice}`,
      details: { name, available },
    })
  }

  has(name: string): boolean {
    return this.#providers.has(name)
  }

  /** Sorted names. */
  list(): string[] {
    return [...this.#providers.keys()].sort()
  }

  describe(name: string): ProviderDescription {
    const { specificationVersion, capabilities, configSchema, configDefaults } = this.get(name)
    return { name, specificationVersion, capabilities, configSchema, configDefaults: configDefaults ?? {} }
  }

  /** Closes every provider; one that fails does not keep the others open. Throws an `AggregateError` of the failures. */
  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.#providers.values()].map((provider) => provider.close?.()))
    const failures = closed.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []))
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} provider(s) failed to close`)
  }
}
