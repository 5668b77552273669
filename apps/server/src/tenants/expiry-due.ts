import { isDeepStrictEqual } from 'node:util'
import type { StoredTenant } from '../store/stored-tenant.ts'
import type { TenantOptions } from './tenant-options.ts'

/** Who has a tenant is told so long before it expires. */
const WARNING_MS = 86_400_000

/** The options with when their expiry needs attention next. Pure. `current` is the tenant that they are new for. */
export function dueWith(options: TenantOptions, current?: StoredTenant): Pick<StoredTenant, 'options' | 'expiryDueAt'> {
  const dueAt = nextDue(options, current)
  return { options, ...(dueAt === undefined ? {} : { expiryDueAt: dueAt }) }
}

function nextDue(options: TenantOptions, current: StoredTenant | undefined): string | undefined {
  const { expiresAt } = options
  if (current !== undefined && isDeepStrictEqual(options, current.options)) return current.expiryDueAt
  if (expiresAt === undefined) return undefined
  // Whoever was warned of this very time is not warned again; a refusal may be over, now that the options are others.
  if (current !== undefined && current.options.expiresAt === expiresAt) return current.expiryDueAt ?? expiresAt
  return new Date(Date.parse(expiresAt) - WARNING_MS).toISOString()
}
