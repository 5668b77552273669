import type { OperationKind, WorkerReport } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import { findOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, replaceTenant } from '../store/tenant-store.ts'
import { failOperation, succeedOperation } from './finish-operation.ts'
import { type FinishedOperation, finishedOperation } from './finished-operation.ts'
import { needsSecondProtocol } from './for-worker.ts'
import { backOff, progress, type ReportedOperation } from './progress-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'

export interface AppliedReport {
  /** False when the operation is not the open one any more, the tenant is paused, or the worker does not know what was to be done. */
  readonly accepted: boolean
  /** Whether clients can see a difference. */
  readonly changed: boolean
  /** This is the first that was heard of the operation. */
  readonly started?: StartedOperation
  /** The operation is over. */
  readonly finished?: FinishedOperation
}

/** How long an operation waited for a worker. */
export interface StartedOperation {
  readonly kind: OperationKind
  readonly provider: string
  readonly waitedSeconds: number
}

/**
 * Takes in what a worker says about an operation. Whatever order reports arrive in, and however often, the newest
 * operation wins and no handle is lost.
 */
export async function applyReport(
  tx: Transaction<Database>,
  deps: TenantDeps,
  tenantId: string,
  { report, protocol }: { readonly report: WorkerReport; readonly protocol: number },
): Promise<AppliedReport> {
  // The tenant first: once it is ours, what its operations are does not change before the commit.
  const tenant = await findTenantById(tx, tenantId)
  const operation = await findOperation(tx, report.operation_id)
  if (operation === undefined || operation.tenant_id !== tenantId) return { accepted: false, changed: false }
  if (
    tenant === undefined ||
    operation.finished_at !== null ||
    tenant.operationId !== operation.id ||
    isMisunderstood(tenant, { operation, report, protocol }) ||
    // Only what has ended counts while it is paused; from the rest the worker turns away, and remembers the handle.
    (tenant.pausedAt !== undefined && (report.outcome === 'in_progress' || report.outcome === 'backing_off'))
  ) {
    return await late(tx, deps, { tenant, operation, report })
  }
  const current = { stored: tenant, next: withHandle(tenant, report, operation), operation, at: deps.now() }
  const news = { accepted: true, ...startOf(current) }
  switch (report.outcome) {
    case 'in_progress':
      return { ...news, changed: await progress(tx, current, report) }
    case 'backing_off':
      return { ...news, changed: await backOff(tx, current, report) }
    case 'succeeded':
      await succeedOperation(tx, deps, current, report)
      return { ...news, changed: true, finished: endOf(current, report) }
    case 'failed':
      await failOperation(tx, current, report)
      return { ...news, changed: true, finished: endOf(current, report) }
  }
}

/** An old server does not keep an old worker from what it does not know. What it says to have done is not what was asked for. */
function isMisunderstood(tenant: StoredTenant, { operation, report, protocol }: Told): boolean {
  const isClaim = report.outcome === 'in_progress' || report.outcome === 'succeeded'
  return protocol < 2 && isClaim && needsSecondProtocol(operation.kind as OperationKind, tenant)
}

interface Told {
  readonly operation: OperationRow
  readonly report: WorkerReport
  readonly protocol: number
}

function startOf({ operation, stored, at }: ReportedOperation): Pick<AppliedReport, 'started'> {
  if (operation.started_at !== null) return {}
  const waitedSeconds = (at.getTime() - Date.parse(operation.created_at)) / 1000
  return { started: { kind: operation.kind as OperationKind, provider: stored.provider, waitedSeconds } }
}

function endOf({ operation, stored, at }: ReportedOperation, report: FinalReport): FinishedOperation {
  const end = { outcome: report.outcome, finishedAt: at.toISOString() }
  return finishedOperation(
    operation,
    stored.provider,
    report.outcome === 'failed' ? { ...end, code: report.error.code } : end,
  )
}

type FinalReport = Extract<WorkerReport, { outcome: 'succeeded' | 'failed' }>

async function late(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { tenant, operation, report }: { tenant: StoredTenant | undefined; operation: OperationRow; report: WorkerReport },
): Promise<AppliedReport> {
  // The answer to the same report was lost: nothing to do, and nobody to hurry.
  if (operation.state === report.outcome) return { accepted: true, changed: false }
  const handle = report.resource_ids
  // A retry keeps the generation, so only the operations tell which handle is newer; their ids sort by age.
  if (tenant === undefined || handle === undefined || operation.id < (tenant.resourceOperationId ?? '')) {
    return { accepted: false, changed: false }
  }
  // A superseded provision made something after all: the newer operation must find it.
  const next = saved(tenant, { ...tenant.resourceIds, ...handle }, operation)
  if (JSON.stringify(next.resourceIds) === JSON.stringify(tenant.resourceIds))
    return { accepted: false, changed: false }
  const updatedAt = deps.now().toISOString()
  await replaceTenant(tx, tenant, { ...next, version: tenant.version + 1, updatedAt })
  return { accepted: false, changed: true }
}

function withHandle(tenant: StoredTenant, report: WorkerReport, operation: OperationRow): StoredTenant {
  return report.resource_ids === undefined ? tenant : saved(tenant, report.resource_ids, operation)
}

function saved(tenant: StoredTenant, resourceIds: Record<string, string>, operation: OperationRow): StoredTenant {
  const { appliedConfig, ...rest } = tenant
  const applied = operation.config === null ? appliedConfig : JSON.parse(operation.config)
  return {
    ...rest,
    resourceIds,
    resourceOperationId: operation.id,
    ...(applied === undefined ? {} : { appliedConfig: applied }),
  }
}
