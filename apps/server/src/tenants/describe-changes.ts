import { type ConfigChange, diffConfig, type JsonObject, type ProviderRegistry } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { secretsByName } from './resolve-desired.ts'
import { toOptionFields } from './tenant-options.ts'

/** A difference between two desired states, in the form in which it is recorded. */
export interface DesiredChange {
  /** JSON pointer into the tenant. */
  readonly path: string
  readonly from?: unknown
  readonly to?: unknown
}

/** What differs between two desired states, for the audit trail: sensitive values hidden, annotations by key only. */
export function describeChanges(
  registry: ProviderRegistry,
  before: StoredTenant,
  after: StoredTenant,
): DesiredChange[] {
  const schema = registry.has(after.provider) ? registry.get(after.provider).configSchema : undefined
  // Configurations of two providers have nothing in common; without a schema nothing says what is sensitive.
  const comparable = schema !== undefined && before.provider === after.provider
  return [
    ...(before.provider === after.provider
      ? []
      : [{ path: '/compute_provider', from: before.provider, to: after.provider }]),
    ...(comparable ? below('/compute_config', diffConfig(before.desiredConfig, after.desiredConfig, { schema })) : []),
    ...describeBeside(before, after),
  ]
}

/** The part of it that is not the configuration. */
export function describeBeside(before: Beside, after: Beside): DesiredChange[] {
  return [
    ...below('/secrets', diffConfig(secretsByName(before.secrets), secretsByName(after.secrets))),
    ...below('/labels', diffConfig(asJson(before.labels), asJson(after.labels))),
    ...below('', diffConfig(toOptionFields(before.options), toOptionFields(after.options))),
    ...diffConfig(asJson(before.annotations), asJson(after.annotations)).map(({ path }) => ({
      path: `/annotations${path}`,
    })),
  ]
}

export type Beside = Pick<StoredTenant, 'secrets' | 'labels' | 'annotations' | 'options'>

function below(pointer: string, changes: readonly ConfigChange[]): DesiredChange[] {
  return changes.map(({ path, effect, ...values }) => ({ path: pointer + path, ...values }))
}

function asJson(record: Readonly<Record<string, string>>): JsonObject {
  return { ...record }
}
