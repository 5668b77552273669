import type { DriftReport } from '@landlord/api-contract'
import type { TenantFlags } from '../input/tenant-arguments.ts'
import { renderDriftReport, renderTenantDrift } from '../render/drift-table.ts'
import { printResult } from '../render/print-result.ts'
import type { Session } from '../session.ts'

export interface DriftOptions extends TenantFlags {
  readonly limit?: number
  readonly all?: boolean
}

const LARGEST_PAGE = 500

/** Every drifted tenant, and how the fleet is. */
export async function showDrift(session: Session, options: DriftOptions): Promise<void> {
  const { context, terminal, output } = session
  const report = await readReport(session, options)
  const names = report.tenants.map(({ name }) => name)
  const text = () => renderDriftReport(report, { now: context.now(), colors: terminal.colors })
  await printResult({ data: report, names, text }, output, terminal)
}

/** How one tenant differs. */
export async function showTenantDrift(session: Session, reference: string): Promise<void> {
  const { client, context, terminal, output } = session
  const { body: tenant } = await client.getTenant({ params: { tenant: reference } })
  const { name, status, observed_at, drift, drift_policy, drift_ignore } = tenant
  const data = { name, status, observed_at, drift_policy, drift_ignore, drift }
  const text = () => renderTenantDrift(tenant, { now: context.now(), colors: terminal.colors })
  await printResult({ data, names: drift === undefined ? [] : [name], text }, output, terminal)
}

async function readReport({ client }: Session, { limit, all }: DriftOptions): Promise<DriftReport> {
  const wanted = all === true ? LARGEST_PAGE : limit
  const { body: report } = await client.getDrift({ query: wanted === undefined ? {} : { limit: wanted } })
  if (all !== true) return report
  const { next_cursor: first, ...rest } = report
  const tenants = [...report.tenants]
  for (let cursor = first; cursor !== undefined; ) {
    const { body } = await client.getDrift({ query: { limit: LARGEST_PAGE, cursor } })
    tenants.push(...body.tenants)
    cursor = body.next_cursor
  }
  return { ...rest, tenants }
}
