import type { Orphan, OrphanReason, OrphanScan, OwnedResourceReport } from '@landlord/api-contract'
import type { ProviderRegistry } from '@landlord/compute-core'
import type { OrphanRow, OrphanScanRow } from '../store/database.ts'
import { isTenantId } from '../tenants/find-tenant.ts'

/** As clients see it: without what only `destroy` needs. */
export function toOrphan(row: OrphanRow): Orphan {
  return {
    id: row.id,
    provider: row.provider,
    tenant_id: row.tenant_id,
    ...(row.tenant_name === null ? {} : { tenant_name: row.tenant_name }),
    reason: row.reason as OrphanReason,
    deletable: whyNotDeletable(row) === undefined,
    resources: parseResources(row).map(({ kind, id, name, created_at }) => ({
      kind,
      id,
      name,
      ...(created_at === undefined ? {} : { created_at }),
    })),
    found_at: row.found_at,
    seen_at: row.seen_at,
  }
}

/** Completes "orphan x …" and names the way out; undefined where it can be deleted. */
export function whyNotDeletable({ reason, tenant_id: tenantId, provider }: OrphanRow): string | undefined {
  // Destroying goes by the tenant's marks, and would take along what the tenant lives on, or ask another provider.
  if (reason === 'unaccounted') {
    return `carries the marks of tenant ${tenantId}, which lives or has its place elsewhere; look at it at ${provider}, and remove it there`
  }
  if (isTenantId(tenantId)) return undefined
  return `has a mark that this server never gave (${JSON.stringify(tenantId)}); remove it at ${provider}`
}

/** As stored: with the scan that saw it last. */
export type SeenResource = OwnedResourceReport & { readonly seen_in?: string }

export function parseResources(row: Pick<OrphanRow, 'resources'>): SeenResource[] {
  return JSON.parse(row.resources)
}

/** One for each configured provider, looked at or not. */
export function toScans(registry: ProviderRegistry, rows: readonly OrphanScanRow[]): OrphanScan[] {
  const byProvider = new Map(rows.map((row) => [row.provider, row]))
  return registry.list().map((provider) => {
    if (!registry.get(provider).capabilities.listOwned) return { provider, state: 'unsupported', resources: 0 }
    const row = byProvider.get(provider)
    return row === undefined ? { provider, state: 'never', resources: 0 } : toScan(row)
  })
}

function toScan(row: OrphanScanRow): OrphanScan {
  const over = row.error === null ? 'succeeded' : 'failed'
  return {
    provider: row.provider,
    state: row.finished === 0 ? 'running' : over,
    resources: row.resources,
    started_at: row.started_at,
    ...(row.reported_at === null ? {} : { reported_at: row.reported_at }),
    ...(row.finished_at === null ? {} : { finished_at: row.finished_at }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) }),
  }
}
