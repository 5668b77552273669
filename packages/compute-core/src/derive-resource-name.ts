import { createHash } from 'node:crypto'

export interface ResourceNameRules {
  /** Put before the tenant's id, e.g. `landlord-tenant-`. Itself within the rules. */
  readonly prefix: string
  /** The target's limit on the whole name. */
  readonly maxLength: number
  /**
   * The characters that the target allows, as the inside of a regular expression's class. Default `a-z0-9-`. Must hold
   * the hexadecimal digits, and `-`, `_` or `.` where it should separate words.
   */
  readonly allowed?: string
}

// 12 hex digits: a clash between two of a million tenants has a chance of about 1 in 500.
const HASH_LENGTH = 12

/**
 * The deterministic name of a tenant's resource: prefix + tenant id where the target's rules hold it, else a slug of the
 * id with a hash of the whole id, so that no two ids share a name. Throws `TypeError` when the prefix leaves no room.
 */
export function deriveResourceName(tenantId: string, rules: ResourceNameRules): string {
  const allowed = rules.allowed ?? 'a-z0-9-'
  const plain = rules.prefix + tenantId
  if (tenantId !== '' && plain.length <= rules.maxLength && new RegExp(`^[${allowed}]+$`).test(plain)) return plain

  const hash = createHash('sha256').update(tenantId).digest('hex').slice(0, HASH_LENGTH)
  const room = rules.maxLength - rules.prefix.length - hash.length - 1
  if (room < 0) {
    throw new TypeError(
      `the prefix ${JSON.stringify(rules.prefix)} leaves no room for a tenant's name within ${rules.maxLength} characters; shorten it by ${-room}`,
    )
  }
  const separator = ['-', '_', '.'].find((character) => new RegExp(`^[${allowed}]$`).test(character)) ?? ''
  const slug = tenantId
    .toLowerCase()
    .replaceAll(new RegExp(`[^${allowed}]+`, 'g'), separator)
    .replaceAll(/^[-_.]+|[-_.]+$/g, '')
    .slice(0, room)
    .replace(/[-_.]+$/, '')
  return slug === '' ? rules.prefix + hash : `${rules.prefix}${slug}${separator}${hash}`
}
