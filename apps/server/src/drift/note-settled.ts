import type { Transaction } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import { findObservation, scheduleObservation } from '../store/observation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { DRIFT_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import type { TenantDeps } from '../tenants/tenant-deps.ts'
import { nextDue } from './next-due.ts'

export interface Settled {
  readonly tenant: StoredTenant
  readonly operation: OperationRow
  /** As what it settled; undefined where an older worker did not say. */
  readonly state: string | undefined
  readonly at: string
}

/** An operation has succeeded: what differed before is as desired now, and from here on it is looked at again. */
export async function noteSettled(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { tenant, operation, state, at }: Settled,
): Promise<void> {
  const row = await findObservation(tx, tenant.id)
  const isLive = tenant.status === 'ready'
  if (row === undefined && !isLive) return
  const isHeal = row?.heal_operation_id === operation.id
  const columns = {
    due_at: isLive ? nextDue(tenant.id, new Date(at), deps.drift.intervalSeconds, 0).toISOString() : null,
    asked_at: null,
    expected_state: isLive ? (state ?? null) : null,
    drift: null,
    drift_reason: null,
    drifted_at: null,
    // Whoever changes or reconciles it has looked, and healing begins anew.
    ...(isHeal ? {} : { heals: '[]', heal_stopped_at: null }),
  }
  await scheduleObservation(tx, tenant.id, columns)
  if (row?.drift == null) return
  const data = { reason: row.drift_reason, detected_at: row.drifted_at, by: isHeal ? 'healing' : 'operation' }
  await recordEvent(tx, {
    type: 'tenant.drift_resolved',
    tenant,
    operationId: operation.id,
    actor: DRIFT_ACTOR,
    at,
    data,
  })
}
