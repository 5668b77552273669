import { deriveResourceName } from '@landlord/compute-core'

/** The name of a tenant's resources at the simulated target: at most 63 of `a-z`, `0-9` and `-`, as DNS has it. */
export function mockResourceName(tenantId: string): string {
  return deriveResourceName(tenantId, { prefix: 'landlord-tenant-', maxLength: 63 })
}
