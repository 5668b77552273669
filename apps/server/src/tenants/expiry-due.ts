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
  const { expiresAt, expiryAction, deletionProtection } = options
  if (expiresAt === undefined) return undefined
  if (current !== undefined && current.options.expiresAt === expiresAt) {
    const { options: before, expiryDueAt } = current
    const isOther = before.expiryAction !== expiryAction || before.deletionProtection !== deletionProtection
    // Whoever was warned of this very time is not warned again; a refusal may be over.
    return isOther ? (expiryDueAt ?? expiresAt) : expiryDueAt
  }
  return new Date(Date.parse(expiresAt) - WARNING_MS).toISOString()
}
