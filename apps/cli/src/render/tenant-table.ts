import type { Tenant } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatAge } from './format-time.ts'
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
    shorten(remarkOf(tenant)),
  ])
  return renderTable(['NAME', 'STATUS', 'PROVIDER', 'ENDPOINT', 'AGE', 'MESSAGE'], rows, colors)
}

function endpointOf({ endpoints }: Tenant): string {
  const [first, ...others] = endpoints
  if (first === undefined) return '-'
  return `${first.url ?? `${first.host}:${first.port}`}${others.length > 0 ? ` (+${others.length})` : ''}`
}

// A ready tenant needs no remark.
function remarkOf(tenant: Tenant): string {
  if (tenant.status === 'ready') return ''
  return tenant.failure?.message ?? tenant.workflow_error_message ?? tenant.status_message ?? ''
}

function shorten(text: string): string {
  return text.length > MESSAGE_WIDTH ? `${text.slice(0, MESSAGE_WIDTH - 1)}…` : text
}
