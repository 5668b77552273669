import type { Tenant } from '@landlord/api-contract'

export function makeTenant(fields: Partial<Tenant> = {}): Tenant {
  return {
    id: '01935f6e-0000-7000-8000-000000000001',
    name: 'acme',
    status: 'ready',
    compute_provider: 'mock',
    endpoints: [],
    version: 1,
    generation: 1,
    observed_generation: 1,
    created_at: '2025-11-20T12:00:00.000Z',
    updated_at: '2025-11-20T12:00:00.000Z',
    ...fields,
  }
}
