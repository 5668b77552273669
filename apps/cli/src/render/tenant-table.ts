import type { Tenant } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatAge, formatUntil } from './format-time.ts'
import { renderTable } from './table.ts'

const MESSAGE_WIDTH = 60

export function renderTenantTable(tenants: readonly Tenant[], look: { now: number; colors: Colors }): string {
  const { now, colors } = look
  const rows = tenants.map((tenant) => [
    tenant.name,
    colorStatus(tenant.status, colors),
    tenant.compute_provider,
    endpointOf(tenant),
    formatAge(tenant.created_at, now),
    shorten(remarksOf(tenant, now)),
  ])
  return renderTable(['NAME', 'STATUS', 'PROVIDER', 'ENDPOINT', 'AGE', 'MESSAGE'], rows, colors)
}

function endpointOf({ endpoints }: Tenant): string {
  const [first, ...others] = endpoints
  if (first === undefined) return '-'
  return `${first.url ?? `${first.host}:${first.port}`}${others.length > 0 ? ` (+${others.length})` : ''}`
}

function remarksOf(tenant: Tenant, now: number): string {
  const { failure, workflow_error_message: error, status_message: message, expires_at: expiresAt } = tenant
  const remarks = [
    // A ready tenant needs no remark.
    tenant.status === 'ready' ? undefined : (failure?.message ?? error ?? message),
    tenant.paused === true && tenant.workflow_sub_state !== 'paused' ? 'paused' : undefined,
    expiresAt === undefined || tenant.status === 'archived' ? undefined : `expires ${formatUntil(expiresAt, now)}`,
    tenant.deletion_protection === true ? 'protected' : undefined,
  ]
  return remarks.filter((remark) => remark !== undefined && remark !== '').join('; ')
}

function shorten(text: string): string {
  return text.length > MESSAGE_WIDTH ? `${text.slice(0, MESSAGE_WIDTH - 1)}…` : text
}
