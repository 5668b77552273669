import { isDeepStrictEqual } from 'node:util'
import type { WorkerReport } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import { updateOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { replaceTenant } from '../store/tenant-store.ts'
import { WORKER_ACTOR } from './actor.ts'
import { recordEvent } from './record-event.ts'

/** A report about the open operation, at the moment it arrives. */
export interface ReportedOperation {
  readonly stored: StoredTenant
  /** `stored` with the reported handle. */
  readonly next: StoredTenant
  readonly operation: OperationRow
  readonly at: Date
}

type ReportOf<Outcome extends WorkerReport['outcome']> = Extract<WorkerReport, { outcome: Outcome }>

/** It is being worked on. Returns whether clients can see a difference: a mere heartbeat changes no version. */
export async function progress(
  tx: Transaction<Database>,
  { stored, next, operation, at }: ReportedOperation,
  report: ReportOf<'in_progress'>,
): Promise<boolean> {
  const now = at.toISOString()
  await updateOperation(tx, operation.id, {
    state: 'running',
    attempts: report.attempts,
    unanswered_count: 0,
    // Absent in a heartbeat: what it says to people is as it was.
    ...(report.message === undefined ? {} : { message: report.message }),
    next_retry_at: null,
    progressed_at: now,
    ...started(operation, at),
    ...(report.changes === undefined ? {} : { changes: JSON.stringify(report.changes) }),
  })
  if (operation.state === 'pending') await recordStart(tx, stored, operation, now)
  const { nextRetryAt, ...rest } = next
  return await saveIfChanged(tx, stored, now, {
    ...rest,
    status: stored.status === 'requested' ? 'provisioning' : stored.status,
    workflowSubState: 'running',
    workflowRetryCount: report.attempts,
    ...(report.message === undefined ? {} : { statusMessage: report.message }),
  })
}

/** A call of the provider failed and will be repeated. */
export async function backOff(
  tx: Transaction<Database>,
  { stored, next, operation, at }: ReportedOperation,
  report: ReportOf<'backing_off'>,
): Promise<boolean> {
  const now = at.toISOString()
  await updateOperation(tx, operation.id, {
    state: 'backing-off',
    attempts: report.attempts,
    unanswered_count: 0,
    message: report.message ?? null,
    next_retry_at: report.next_retry_at,
    error: JSON.stringify(report.error),
    // Until then silence is a plan and not a loss: the sweep must not cut the pause short.
    progressed_at: later(report.next_retry_at, now),
    ...started(operation, at),
    ...(report.changes === undefined ? {} : { changes: JSON.stringify(report.changes) }),
  })
  if (operation.state === 'pending') await recordStart(tx, stored, operation, now)
  const repeated = operation.state === 'backing-off' && operation.attempts === report.attempts
  if (!repeated) {
    const data = { attempts: report.attempts, next_retry_at: report.next_retry_at, error: report.error }
    await recordEvent(tx, {
      type: 'operation.backing_off',
      tenant: stored,
      operationId: operation.id,
      actor: WORKER_ACTOR,
      at: now,
      data,
    })
  }
  const { statusMessage, ...rest } = next
  return await saveIfChanged(tx, stored, now, {
    ...rest,
    status: stored.status === 'requested' ? 'provisioning' : stored.status,
    workflowSubState: 'backing-off',
    workflowRetryCount: report.attempts,
    workflowErrorMessage: report.error.message,
    nextRetryAt: report.next_retry_at,
    ...(report.message === undefined ? {} : { statusMessage: report.message }),
  })
}

/** The limit runs from the first sign of work: what waited for a worker that was away has all of its time left. */
function started(operation: OperationRow, at: Date): Partial<OperationRow> {
  if (operation.started_at !== null) return {}
  const limitMs = Date.parse(operation.deadline_at) - Date.parse(operation.created_at)
  return { started_at: at.toISOString(), deadline_at: new Date(at.getTime() + limitMs).toISOString() }
}

function later(left: string, right: string): string {
  return left.localeCompare(right) > 0 ? left : right
}

async function recordStart(tx: Transaction<Database>, tenant: StoredTenant, operation: OperationRow, at: string) {
  await recordEvent(tx, {
    type: 'operation.started',
    tenant,
    operationId: operation.id,
    actor: WORKER_ACTOR,
    at,
    data: { kind: operation.kind },
  })
}

async function saveIfChanged(
  tx: Transaction<Database>,
  stored: StoredTenant,
  updatedAt: string,
  next: StoredTenant,
): Promise<boolean> {
  if (isDeepStrictEqual(stored, next)) return false
  await replaceTenant(tx, stored, { ...next, version: stored.version + 1, updatedAt })
  return true
}
