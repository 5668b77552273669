import type { Drift, DriftedTenant, DriftReport, Tenant } from '@landlord/api-contract'
import type { Colors } from '../terminal.ts'
import { colorStatus } from './color-status.ts'
import { formatAge, formatMoment } from './format-time.ts'
import { changeTable } from './operation-table.ts'
import { renderFields, renderTable } from './table.ts'

interface Look {
  readonly now: number
  readonly colors: Colors
}

/** Paths that are named in a row; `landlord drift <tenant>` has all of them. */
const SHOWN_PATHS = 3

/** How the fleet is, and every tenant that differs. */
export function renderDriftReport(report: DriftReport, { now, colors }: Look): string {
  const { brake, drifted, tenants, healing } = report
  const head = renderFields(
    [
      ['Observed', observed(report, now)],
      ['Drifted', drifted === 0 ? 'none' : `${drifted} (${countReasons(report.by_reason)})`],
      ['Healing', healing === 0 ? undefined : String(healing)],
      ['Brake', brake.applied ? colors.red(brake.reason ?? 'applied') : undefined],
      ['', brake.applied ? `${colors.dim('→')} once you have looked: landlord drift resume` : undefined],
    ],
    colors,
  )
  if (tenants.length === 0) return head
  const rows = tenants.map((tenant) => row(tenant, { now, colors }))
  const table = renderTable(['NAME', 'STATUS', 'DRIFT', 'SINCE', 'POLICY', 'HEALED', 'WHAT'], rows, colors)
  const rest = tenants.length < drifted ? `\n${colors.dim(`${tenants.length} of ${drifted}; the rest with --all`)}` : ''
  return `${head}\n\n${table}${rest}`
}

/** How one tenant differs from what it should be. */
export function renderTenantDrift(tenant: Tenant, { now, colors }: Look): string {
  const { name, status, drift, drift_policy: policy, drift_ignore: ignore = [], observed_at: observedAt } = tenant
  const head = renderFields(
    [
      ['Name', colors.bold(name)],
      ['Status', colorStatus(status, colors)],
      ['Observed', observedAt === undefined ? 'not yet' : formatMoment(observedAt, now)],
      ['Drift', drift === undefined ? 'none' : `${drift.reason}, since ${formatMoment(drift.detected_at, now)}`],
      ['Message', drift?.message],
      ['Policy', policy],
      ['Ignored', ignore.join('\n')],
      ['Healed', drift === undefined ? undefined : healed(drift, now)],
    ],
    colors,
  )
  if (drift === undefined) return head
  const changes = drift.changes.length === 0 ? [] : [changeTable(drift.changes, colors)]
  return [head, ...changes, wayOut(tenant, drift, colors)].join('\n\n')
}

/** `2 missing, 1 changed`. */
export function countReasons(reasons: DriftReport['by_reason']): string {
  return Object.entries(reasons)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ')
}

function observed({ observed: count, never_observed: never, oldest_observed_at: oldest }: DriftReport, now: number) {
  const tenants = count === 1 ? '1 tenant' : `${count} tenants`
  const age = oldest === undefined ? '' : `, each within the last ${formatAge(oldest, now)}`
  return `${tenants}${age}${never === 0 ? '' : `, ${never} not yet`}`
}

function row({ name, status, drift, drift_policy: policy }: DriftedTenant, { now, colors }: Look): string[] {
  const { reason, detected_at: since, healing } = drift
  const stopped = healing?.stopped_at === undefined ? '' : ', given up'
  return [
    name,
    colorStatus(status, colors),
    reason,
    formatAge(since, now),
    policy,
    healing === undefined ? '-' : `${healing.attempts}${stopped}`,
    what(drift),
  ]
}

function what({ changes, message }: Drift): string {
  const paths = changes.map(({ path }) => path)
  const more = paths.length > SHOWN_PATHS ? ` and ${paths.length - SHOWN_PATHS} more` : ''
  return paths.length === 0 ? (message ?? '') : `${paths.slice(0, SHOWN_PATHS).join(' ')}${more}`
}

function healed({ healing }: Drift, now: number): string | undefined {
  if (healing === undefined) return undefined
  const { attempts, last_attempt_at: last, stopped_at: stopped } = healing
  const times = attempts === 1 ? 'once' : `${attempts} times`
  const when = last === undefined ? '' : `, last ${formatMoment(last, now)}`
  const end =
    stopped === undefined ? '' : '; it came back each time, so it is left alone until somebody changes or reconciles it'
  return `${times}${when}${end}`
}

function wayOut({ name }: Tenant, { reason, changes }: Drift, colors: Colors): string {
  const [first] = changes
  const ways = [
    reason === 'unhealthy' || reason === 'failed'
      ? `replace what runs: landlord restart ${name} --wait`
      : `put it right: landlord reconcile ${name} --wait`,
    ...(reason === 'changed' && first !== undefined
      ? [`leave it to whoever did it: --drift-ignore ${first.path}`]
      : []),
  ]
  return ways.map((way) => `${colors.dim('→')} ${way}`).join('\n')
}
