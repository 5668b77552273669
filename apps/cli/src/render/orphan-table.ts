import type { Orphan, OrphanList, OrphanScan } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { formatAge } from './format-time.ts'
import { renderTable } from './table.ts'

interface Look {
  readonly now: number
  readonly colors: Colors
}

/** What was found, and how old that news is for each provider. */
export function renderOrphanReport({ orphans, scans }: OrphanList, look: Look): string {
  const ages = scans.map((scan) => look.colors.dim(describeScan(scan, orphans, look.now)))
  if (orphans.length === 0) return ages.join('\n')
  return [
    renderTable(
      HEADINGS,
      orphans.flatMap((orphan) => rows(orphan, look.now)),
      look.colors,
    ),
    '',
    ...ages,
  ].join('\n')
}

const HEADINGS = ['AGE', 'PROVIDER', 'KIND', 'NAME', 'ID', 'TENANT', 'WHY']

const REASONS: Readonly<Record<Orphan['reason'], string>> = {
  no_tenant: 'no such tenant',
  archived_tenant: 'the tenant is archived',
  unaccounted: 'not where the tenant should be; see to it by hand',
}

/** As much of an id as tells two of them apart; `-o json` has it whole. */
const SHOWN_ID = 24

function rows({ provider, tenant_id, tenant_name, reason, deletable, resources }: Orphan, now: number): string[][] {
  const tenant = tenant_name === undefined ? tenant_id : `${tenant_id} (${tenant_name})`
  const why = deletable || reason === 'unaccounted' ? REASONS[reason] : `${REASONS[reason]}; see to it by hand`
  return resources.map(({ kind, name, id, created_at: made }) => [
    made === undefined ? '-' : formatAge(made, now),
    provider,
    kind,
    name,
    id.length > SHOWN_ID && id !== name ? `${id.slice(0, SHOWN_ID)}…` : id,
    tenant,
    why,
  ])
}

function describeScan(scan: OrphanScan, orphans: readonly Orphan[], now: number): string {
  const { provider, state, reported_at: reported, error } = scan
  if (state === 'unsupported') return `${provider}: cannot list what it owns`
  const count = orphans.filter((orphan) => orphan.provider === provider).length
  const found = count === 0 ? 'no orphans' : count === 1 ? '1 orphan' : `${count} orphans`
  const seen =
    reported === undefined
      ? 'never looked at; landlord orphans --scan'
      : `${found}, looked at ${formatAge(reported, now)} ago`
  const last =
    state === 'failed'
      ? `; the last scan failed: ${error?.message}`
      : state === 'running'
        ? '; a scan is under way'
        : ''
  return `${provider}: ${seen}${last}`
}
