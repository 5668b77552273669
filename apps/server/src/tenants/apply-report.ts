import type { WorkerReport } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import { findOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, replaceTenant } from '../store/tenant-store.ts'
import { failOperation, succeedOperation } from './finish-operation.ts'
import { backOff, progress } from './progress-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'

export interface AppliedReport {
  /** False when the operation is not the open one any more. */
  readonly accepted: boolean
  /** Whether clients can see a difference. */
  readonly changed: boolean
}

/**
 * Takes in what a worker says about an operation. Whatever order reports arrive in, and however often, the newest
 * operation wins and no handle is lost.
 */
export async function applyReport(
  tx: Transaction<Database>,
  deps: TenantDeps,
  tenantId: string,
  report: WorkerReport,
): Promise<AppliedReport> {
  const operation = await findOperation(tx, report.operation_id)
  if (operation === undefined || operation.tenant_id !== tenantId) return { accepted: false, changed: false }
  const tenant = await findTenantById(tx, tenantId)
  if (tenant === undefined || operation.finished_at !== null || tenant.operationId !== operation.id) {
    return await late(tx, deps, { tenant, operation, report })
  }
  const current = { stored: tenant, next: withHandle(tenant, report, operation), operation, at: deps.now() }
  switch (report.outcome) {
    case 'in_progress':
      return { accepted: true, changed: await progress(tx, current, report) }
    case 'backing_off':
      return { accepted: true, changed: await backOff(tx, current, report) }
    case 'succeeded':
      await succeedOperation(tx, deps, current, report)
      return { accepted: true, changed: true }
    case 'failed':
      await failOperation(tx, current, report)
      return { accepted: true, changed: true }
  }
}

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
