import { type ConfigChange, diffConfig, type JsonObject, type ProviderRegistry } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { toOptionFields } from './tenant-options.ts'

/** What differs between two desired states, for the audit trail: sensitive values hidden, annotations by key only. */
export function describeChanges(
  registry: ProviderRegistry,
  before: StoredTenant,
  after: StoredTenant,
): Record<string, unknown>[] {
  const schema = registry.has(after.provider) ? registry.get(after.provider).configSchema : undefined
  // Configurations of two providers have nothing in common; without a schema nothing says what is sensitive.
  const comparable = schema !== undefined && before.provider === after.provider
  return [
    ...(before.provider === after.provider
      ? []
      : [{ path: '/compute_provider', from: before.provider, to: after.provider }]),
    ...(comparable ? below('/compute_config', diffConfig(before.desiredConfig, after.desiredConfig, { schema })) : []),
    ...below('/labels', diffConfig(asJson(before.labels), asJson(after.labels))),
    ...below('', diffConfig(toOptionFields(before.options), toOptionFields(after.options))),
    ...diffConfig(asJson(before.annotations), asJson(after.annotations)).map(({ path }) => ({
      path: `/annotations${path}`,
    })),
  ]
}

function below(pointer: string, changes: readonly ConfigChange[]): Record<string, unknown>[] {
  return changes.map(({ path, effect, ...values }) => ({ path: pointer + path, ...values }))
}

function asJson(record: Readonly<Record<string, string>>): JsonObject {
  return { ...record }
}
