import { InvalidSpecError } from './errors/invalid-spec-error.ts'
import type { ProviderRegistry } from './provider-registry.ts'

/** Keys that name a tenant's provider, in the order in which they are asked. */
export const PROVIDER_KEYS = ['compute_provider', 'compute_provider_type'] as const

export interface ProviderSelection {
  /** The request's own fields, `compute_config` included. */
  readonly request?: Readonly<Record<string, unknown>>
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * The name of the provider that a tenant asks for: in the request, then in labels, then in annotations; the only one
 * registered when nothing is said. Throws `ProviderNotFoundError` for a name that is not registered and
 * `InvalidSpecError` when there is a choice to make.
 */
export function selectProvider(registry: ProviderRegistry, selection: ProviderSelection): string {
  for (const source of [selection.request, selection.labels, selection.annotations]) {
    for (const key of PROVIDER_KEYS) {
      const name = source?.[key]
      if (typeof name === 'string' && name !== '') return registry.get(name).name
    }
  }
  const available = registry.list()
  const [only] = available
  if (only !== undefined && available.length === 1) return only
  throw new InvalidSpecError({
    subject: 'tenant',
    issues: [
      {
        path: `/${PROVIDER_KEYS[0]}`,
        keyword: 'required',
        message:
          only === undefined
            ? 'no compute provider is configured; add one under `compute:` in the settings'
            : `several compute providers are configured; choose one of: ${available.join(', ')}`,
        expected: available,
      },
    ],
  })
}
