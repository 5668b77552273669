import type { TenantSecret } from '@landlord/api-contract'
import {
  appendPointer,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  mergeConfig,
  PROVIDER_KEYS,
  type ProviderRegistry,
  REDACTED,
  restoreRedacted,
  selectProvider,
} from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { TenantOptions } from './tenant-options.ts'

/** A desired state as a client sends it. */
export interface DesiredInput {
  readonly compute_provider?: string
  readonly compute_provider_type?: string
  readonly compute_config?: Readonly<Record<string, unknown>>
  readonly secrets?: readonly TenantSecret[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly options: TenantOptions
}

/** A desired state whose provider is chosen and whose redacted values are back in place. */
export interface DesiredState {
  readonly provider: string
  readonly computeConfig: JsonObject
  readonly secrets: readonly TenantSecret[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly options: TenantOptions
}

/**
 * Chooses the provider and restores redacted values from `existing`. Throws the errors of `selectProvider`, and
 * `HttpProblem` for a redacted value that stands for nothing.
 */
export function readDesired(registry: ProviderRegistry, input: DesiredInput, existing?: StoredTenant): DesiredState {
  const sent = (input.compute_config ?? {}) as JsonObject
  const provider = chooseProvider(registry, input, existing)
  const config = Object.fromEntries(Object.entries(sent).filter(([key]) => !isProviderKey(key)))
  const previous = existing?.provider === provider ? existing.computeConfig : {}
  const computeConfig = restoreRedacted(registry.get(provider).configSchema, config, previous)
  refuseRedacted(computeConfig)
  const { labels = {}, annotations = {}, options } = input
  const secrets = (input.secrets ?? []).map(({ name, value_from }) => ({ name, value_from }))
  return { provider, computeConfig, secrets, labels, annotations, options }
}

function chooseProvider(registry: ProviderRegistry, input: DesiredInput, existing?: StoredTenant): string {
  const { labels = {}, annotations = {} } = input
  const sources: Readonly<Record<string, unknown>>[] = [{ ...input }, input.compute_config ?? {}, labels, annotations]
  const named = sources.find((source) => PROVIDER_KEYS.some((key) => typeof source[key] === 'string'))
  // A tenant that exists keeps its provider unless it is told otherwise, also when a second one is configured later.
  if (named === undefined && existing !== undefined) return existing.provider
  return selectProvider(registry, named === undefined ? {} : { request: named })
}

function isProviderKey(key: string): boolean {
  return PROVIDER_KEYS.some((known) => known === key)
}

/**
 * The configuration to apply: the installation's defaults with the client's over them. Throws the provider's validation
 * errors. No I/O.
 */
export function resolveConfig(registry: ProviderRegistry, tenantId: string, desired: DesiredState): JsonObject {
  const provider = registry.get(desired.provider)
  const providerConfig = mergeConfig(provider.configDefaults ?? {}, desired.computeConfig)
  provider.validateConfig(providerConfig)
  provider.validate({
    tenantId,
    providerType: desired.provider,
    containers: [],
    labels: { ...desired.labels },
    secrets: desired.secrets.map(({ name, value_from: valueFrom }) => ({ name, valueFrom })),
    providerConfig,
  })
  return providerConfig
}

/** In the form in which two lists can be compared. */
export function secretsByName(secrets: readonly TenantSecret[]): Record<string, string> {
  return Object.fromEntries(secrets.map(({ name, value_from }) => [name, value_from]))
}

function refuseRedacted(config: JsonObject): void {
  const pointers: string[] = []
  collect(config, '/compute_config')
  if (pointers.length === 0) return
  throw new HttpProblem({
    code: 'invalid_config',
    detail: `${pointers.join(', ')}: "${REDACTED}" stands for a value that is kept, but there is none; send the value itself`,
    issues: pointers.map((pointer) => ({ pointer, message: `is "${REDACTED}", and there is no value to keep` })),
  })

  function collect(value: JsonValue, pointer: string): void {
    if (value === REDACTED) pointers.push(pointer)
    else if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) collect(item, appendPointer(pointer, index))
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) collect(item, appendPointer(pointer, key))
    }
  }
}
