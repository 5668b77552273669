import { createHash } from 'node:crypto'

/** STS API reference, AssumeRole: RoleSessionName. */
const MAX_LENGTH = 64
const ALLOWED = /^[\w+=,.@-]{2,64}$/
const HASH_LENGTH = 8

/**
 * The name under which CloudTrail shows what was done for a tenant: `landlord-<installation>-<tenant>`. What STS does
 * not allow becomes `-`, and a name that had to be changed or cut ends in a hash of the whole, so that no two tenants
 * share one. The same input always gives the same name.
 */
export function defaultSessionName({ installation, tenantId }: { installation: string; tenantId?: string }): string {
  const wanted = ['landlord', installation, tenantId].filter((part) => part !== undefined).join('-')
  if (ALLOWED.test(wanted)) return wanted
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, HASH_LENGTH)
  const kept = wanted.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, MAX_LENGTH - HASH_LENGTH - 1)
  return `${kept}-${hash}`
}

export function isSessionName(name: string): boolean {
  return ALLOWED.test(name)
}
