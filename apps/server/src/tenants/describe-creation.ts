import { type ProviderRegistry, redactConfig } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { toOptionFields } from './tenant-options.ts'

/** What the audit trail keeps of a tenant that came to be: sensitive values hidden. */
export function describeCreation(registry: ProviderRegistry, tenant: StoredTenant): Record<string, unknown> {
  const { provider, desiredConfig, secrets, labels, options } = tenant
  return {
    compute_provider: provider,
    desired_config: redactConfig(registry.get(provider).configSchema, desiredConfig, 'sensitive'),
    ...(secrets.length === 0 ? {} : { secrets }),
    labels,
    ...toOptionFields(options),
  }
}
