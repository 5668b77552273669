import type { Tenant } from '@landlord/api-contract'
import { type JsonObject, type ProviderRegistry, redactConfig } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { toOptionFields } from './tenant-options.ts'

// Without the provider's schema nothing says what is secret, so everything is.
const ALL_SECRET = { writeOnly: true }

/** A tenant as clients see it: secrets redacted. */
export function toTenant(registry: ProviderRegistry, tenant: StoredTenant): Tenant {
  const schema = registry.has(tenant.provider) ? registry.get(tenant.provider).configSchema : ALL_SECRET
  const shown = (config: JsonObject) => redactConfig(schema, config)
  return {
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    ...when('status_message', tenant.statusMessage),
    compute_provider: tenant.provider,
    compute_config: shown(tenant.computeConfig),
    desired_config: shown(tenant.desiredConfig),
    ...when('observed_config', tenant.observedConfig && shown(tenant.observedConfig)),
    secrets: [...tenant.secrets],
    observed_resource_ids: { ...tenant.resourceIds },
    endpoints: [...tenant.endpoints],
    ...when('observed_at', tenant.observedAt),
    ...when('drift', tenant.drift),
    labels: { ...tenant.labels },
    annotations: { ...tenant.annotations },
    ...toOptionFields(tenant.options),
    suspended: tenant.suspended,
    paused: tenant.pausedAt !== undefined,
    version: tenant.version,
    generation: tenant.generation,
    observed_generation: tenant.observedGeneration,
    ...when('failed_operation', tenant.failedOperation),
    ...when('failure', tenant.failure),
    ...when('workflow_execution_id', tenant.operationId),
    ...when('workflow_sub_state', tenant.workflowSubState),
    workflow_retry_count: tenant.workflowRetryCount,
    ...when('workflow_error_message', tenant.workflowErrorMessage),
    ...when('next_retry_at', tenant.nextRetryAt),
    created_at: tenant.createdAt,
    updated_at: tenant.updatedAt,
  }
}

function when<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value }
}
