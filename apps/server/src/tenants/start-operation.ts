import type { Event, OperationKind, TenantStatus } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database } from '../store/database.ts'
import { insertOperation, supersedeOpenOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { finishedOperation } from './finished-operation.ts'
import { PAUSED } from './pause-tenant.ts'
import { recordEvent } from './record-event.ts'
import type { TenantDeps } from './tenant-deps.ts'

export interface OperationStart {
  readonly kind: OperationKind
  readonly status: TenantStatus
  readonly raisesGeneration: boolean
  /** What it is meant to be from then on. Default: as it was. */
  readonly suspended?: boolean
  readonly event: Event['type']
  readonly data?: Readonly<Record<string, unknown>>
}

/**
 * Begins an operation on a tenant that is stored: whatever was open is superseded. `changed` is the tenant with its new
 * desired state, if any.
 */
export async function startOperation(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { current, changed = current, actor }: { current: StoredTenant; changed?: StoredTenant; actor: Actor },
  begin: OperationStart,
): Promise<Accepted> {
  const now = deps.now()
  const at = now.toISOString()
  const operationId = uuidv7()
  const next = withOperation(changed, { operationId, at, begin })
  await replaceTenant(tx, current, next)
  const superseded = await supersedeOpenOperation(tx, current.id, at)
  if (superseded !== undefined) {
    const data = { kind: superseded.kind, generation: superseded.generation, superseded_by: operationId }
    await recordEvent(tx, {
      type: 'operation.superseded',
      tenant: current,
      operationId: superseded.id,
      actor,
      at,
      data,
    })
  }
  await insertNewOperation(tx, deps, next, { kind: begin.kind, actor, now })
  const data = { ...begin.data, kind: begin.kind }
  await recordEvent(tx, { type: begin.event, tenant: next, operationId, actor, at, data })
  if (superseded === undefined) return { tenant: next, outcome: 'started' }
  const ended = finishedOperation(superseded, current.provider, { outcome: 'superseded', finishedAt: at })
  return { tenant: next, outcome: 'started', superseded: ended }
}

/** The row of an operation that nobody has picked up yet. */
export async function insertNewOperation(
  tx: Transaction<Database>,
  deps: TenantDeps,
  tenant: StoredTenant,
  { kind, actor, now }: { kind: OperationKind; actor: Actor; now: Date },
): Promise<void> {
  const at = now.toISOString()
  await insertOperation(tx, {
    id: tenant.operationId ?? uuidv7(),
    tenant_id: tenant.id,
    tenant_name: tenant.name,
    kind,
    generation: tenant.generation,
    state: 'pending',
    attempts: 0,
    message: null,
    next_retry_at: null,
    error: null,
    changes: '[]',
    // Taking down applies no configuration: what was applied last stays what finds the resources.
    config: kind === 'archive' || kind === 'delete' ? null : JSON.stringify(tenant.desiredConfig),
    final_tenant: null,
    trace_parent: actor.traceParent ?? null,
    deadline_at: new Date(now.getTime() + deadlineSeconds(deps, kind) * 1000).toISOString(),
    trigger_count: 0,
    unanswered_count: 0,
    triggered_at: null,
    progressed_at: at,
    created_at: at,
    started_at: null,
    finished_at: null,
  })
}

function withOperation(
  tenant: StoredTenant,
  { operationId, at, begin }: { operationId: string; at: string; begin: OperationStart },
): StoredTenant {
  const { failure, failedOperation, workflowErrorMessage, nextRetryAt, statusMessage, pausedAt, ...rest } = tenant
  // What takes the tenant down wins over a pause, too.
  const isPaused = pausedAt !== undefined && begin.kind !== 'archive' && begin.kind !== 'delete'
  return {
    ...rest,
    status: begin.status,
    version: tenant.version + 1,
    generation: tenant.generation + (begin.raisesGeneration ? 1 : 0),
    operationId,
    workflowSubState: 'waiting',
    ...(isPaused ? { ...PAUSED, pausedAt } : {}),
    workflowRetryCount: 0,
    updatedAt: at,
    suspended: begin.suspended ?? tenant.suspended,
    // A retry asks for the same restart again, not for another one.
    ...(begin.kind === 'restart' && begin.raisesGeneration ? { restartToken: operationId } : {}),
  }
}

function deadlineSeconds({ deadlineSeconds: seconds }: TenantDeps, kind: OperationKind): number {
  switch (kind) {
    case 'archive':
    case 'delete':
      return seconds.destroy
    case 'reconcile':
    case 'adopt':
      return seconds.update
    default:
      return seconds[kind]
  }
}
