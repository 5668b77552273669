import type { Event, OperationKind, WorkerReport } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { noteSettled } from '../drift/note-settled.ts'
import type { Database } from '../store/database.ts'
import { forgetOperationConfigs, updateOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { deleteTenant, replaceTenant } from '../store/tenant-store.ts'
import { WORKER_ACTOR } from './actor.ts'
import type { ReportedOperation } from './progress-operation.ts'
import { recordEvent } from './record-event.ts'
import type { TenantDeps } from './tenant-deps.ts'
import { type Arrival, arrivalOf } from './tenant-transitions.ts'
import { toTenant } from './to-tenant.ts'

type ReportOf<Outcome extends WorkerReport['outcome']> = Extract<WorkerReport, { outcome: Outcome }>

/** The provider has settled on what was asked for. */
export async function succeedOperation(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { stored, next, operation, at }: ReportedOperation,
  report: ReportOf<'succeeded'>,
): Promise<void> {
  const now = at.toISOString()
  const kind = operation.kind as OperationKind
  const settled = { ...withoutTrouble(next), version: stored.version + 1, updatedAt: now }
  const arrival = arrivalOf(kind, stored.suspended)
  const tenant =
    arrival === 'ready' || arrival === 'suspended' ? settledAs(settled, report, arrival) : emptied(settled, operation)
  await updateOperation(tx, operation.id, {
    state: 'succeeded',
    message: report.message ?? null,
    next_retry_at: null,
    error: null,
    progressed_at: now,
    started_at: operation.started_at ?? now,
    finished_at: now,
    ...(report.changes === undefined ? {} : { changes: JSON.stringify(report.changes) }),
    ...(kind === 'delete' ? { final_tenant: JSON.stringify(toTenant(deps.registry, stored)) } : {}),
  })
  // One step at a time works on a tenant, so no step of an older operation is still to report.
  await forgetOperationConfigs(tx, stored.id)
  if (kind === 'delete') await deleteTenant(tx, stored)
  else {
    await replaceTenant(tx, stored, tenant)
    await noteSettled(tx, deps, { tenant, operation, state: report.state, at: now })
  }
  const changes = report.changes ?? JSON.parse(operation.changes)
  await recordEvent(tx, {
    type: EVENT_ON_ARRIVAL[arrival],
    // What it was last: there is no status for what is gone.
    tenant: kind === 'delete' ? stored : tenant,
    operationId: operation.id,
    actor: WORKER_ACTOR,
    at: now,
    data: { kind, ...(changes.length > 0 ? { changes } : {}) },
  })
}

const EVENT_ON_ARRIVAL: Readonly<Record<Arrival, Event['type']>> = {
  ready: 'tenant.ready',
  suspended: 'tenant.suspended',
  archived: 'tenant.archived',
  gone: 'tenant.deleted',
}

/** It failed for good; the tenant stays as it is until somebody decides. */
export async function failOperation(
  tx: Transaction<Database>,
  { stored, next, operation, at }: ReportedOperation,
  report: ReportOf<'failed'>,
): Promise<void> {
  const now = at.toISOString()
  const kind = operation.kind as OperationKind
  await updateOperation(tx, operation.id, {
    state: 'failed',
    message: report.message ?? null,
    next_retry_at: null,
    error: JSON.stringify(report.error),
    progressed_at: now,
    started_at: operation.started_at ?? now,
    finished_at: now,
    ...(report.changes === undefined ? {} : { changes: JSON.stringify(report.changes) }),
  })
  const tenant: StoredTenant = {
    ...withoutTrouble(next),
    status: 'failed',
    statusMessage: describeFailure(next, report),
    failedOperation: kind,
    failure: report.error,
    workflowSubState: 'failed',
    workflowRetryCount: operation.attempts,
    workflowErrorMessage: report.error.message,
    endpoints: report.error.instance_usable ? next.endpoints : [],
    version: stored.version + 1,
    updatedAt: now,
  }
  await replaceTenant(tx, stored, tenant)
  await recordEvent(tx, {
    type: 'operation.failed',
    tenant,
    operationId: operation.id,
    actor: WORKER_ACTOR,
    at: now,
    data: { kind, error: report.error },
  })
}

function describeFailure({ adopts }: StoredTenant, { message, error }: ReportOf<'failed'>): string {
  const told = message ?? error.message
  if (adopts === undefined) return told
  return `${told}. What it was to adopt may carry its marks already, and would be destroyed with this tenant; to keep it, take the marks off first (docs/adoption.md)`
}

function settledAs(tenant: StoredTenant, report: ReportOf<'succeeded'>, status: 'ready' | 'suspended'): StoredTenant {
  const { observedConfig, adopts, ...rest } = tenant
  return {
    ...rest,
    status,
    observedGeneration: tenant.generation,
    live: true,
    endpoints: report.endpoints,
    workflowSubState: 'succeeded',
    ...(report.message === undefined ? {} : { statusMessage: report.message }),
    ...(report.observed_config === undefined
      ? {}
      : { observedConfig: report.observed_config as NonNullable<StoredTenant['observedConfig']> }),
  }
}

function emptied(tenant: StoredTenant, operation: ReportedOperation['operation']): StoredTenant {
  const { observedConfig, appliedConfig, restartToken, adopts, ...rest } = tenant
  return {
    ...rest,
    status: 'archived',
    observedGeneration: operation.generation,
    live: false,
    suspended: false,
    resourceIds: {},
    resourceOperationId: operation.id,
    endpoints: [],
    workflowSubState: 'succeeded',
  }
}

function withoutTrouble(tenant: StoredTenant): StoredTenant {
  const { failure, failedOperation, statusMessage, workflowErrorMessage, nextRetryAt, ...rest } = tenant
  return rest
}
