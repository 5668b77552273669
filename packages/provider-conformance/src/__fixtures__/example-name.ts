import { deriveResourceName } from '@landlord/compute-core'

const RULES = { prefix: 'example-', maxLength: 64 }

/** The name of a tenant's resources; `short` makes the mistake of not telling long ids apart. */
export function exampleName(tenantId: string, short = false): string {
  return short ? `${RULES.prefix}${tenantId}`.slice(0, RULES.maxLength) : deriveResourceName(tenantId, RULES)
}
