import type { ProviderCapabilities, ProviderRegistry } from '@landlord/compute-core'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { conflict } from './conflict.ts'

const VERBS = { suspend: 'suspended', restart: 'restarted' } as const

/** Throws `HttpProblem` unless the tenant's provider declares that it can. */
export function requireCapability(
  registry: ProviderRegistry,
  tenant: StoredTenant,
  capability: keyof typeof VERBS & keyof ProviderCapabilities,
): void {
  if (registry.get(tenant.provider).capabilities[capability]) return
  const able = registry.list().filter((name) => registry.get(name).capabilities[capability])
  const others = able.length === 0 ? 'none that is configured here does' : `those that do: ${able.join(', ')}`
  throw conflict(
    tenant,
    `cannot be ${VERBS[capability]}: its provider "${tenant.provider}" does not declare the capability "${capability}"; ${others}`,
  )
}
