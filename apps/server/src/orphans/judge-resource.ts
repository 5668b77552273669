import type { OrphanReason, OwnedResourceReport } from '@landlord/api-contract'

/** What the store knows of the tenant that a resource's mark names. */
interface KnownTenant {
  readonly status: string
  readonly provider: string
  readonly resourceIds: Readonly<Record<string, string>>
}

export interface JudgeContext {
  readonly provider: string
  /** Undefined where there is no such tenant. Read after the resource was listed. */
  readonly tenant: KnownTenant | undefined
  /** Something was done to the tenant a moment ago, or is being done: what was listed may be out of date by now. */
  readonly isMoving: boolean
  /** What was made after this is too young to judge. ISO 8601. */
  readonly madeBefore: string
}

/**
 * Why a resource is an orphan; undefined when it is none. Pure.
 *
 * Resources are listed first and tenants looked up after. A tenant is stored before anything is made for it, so whatever is
 * listed has its tenant in the store by the time of the look-up, however quickly it was made. The other order would take a tenant
 * that is created in between for an orphan. What this order cannot tell is a tenant that was deleted between the two:
 * `isMoving` spares it, and the next scan finds what is really left over.
 */
export function judgeResource(resource: OwnedResourceReport, context: JudgeContext): OrphanReason | undefined {
  const { tenant, provider, isMoving, madeBefore } = context
  const isYoung = resource.created_at !== undefined && resource.created_at.localeCompare(madeBefore) > 0
  if (isMoving || isYoung) return undefined
  if (tenant === undefined) return 'no_tenant'
  // Archiving asks the provider that the tenant has now, which knows nothing of what it left at another.
  if (tenant.provider !== provider) return 'unaccounted'
  if (tenant.status === 'archived') return 'archived_tenant'
  return isAccountedFor(resource, tenant) ? undefined : 'unaccounted'
}

// Only a provider that gives handles says that one resource cannot be part of the tenant that another handle names.
function isAccountedFor({ resource_ids: found = {} }: OwnedResourceReport, { resourceIds }: KnownTenant): boolean {
  const shared = Object.keys(found).filter((key) => resourceIds[key] !== undefined)
  return shared.length === 0 || shared.some((key) => resourceIds[key] === found[key])
}
