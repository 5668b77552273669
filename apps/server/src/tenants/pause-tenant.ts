import { SETTLED_STATUSES } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database, OperationRow } from '../store/database.ts'
import { findOperation, updateOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { recordEvent } from './record-event.ts'
import type { TenantDeps } from './tenant-deps.ts'

/** What a person reads of a tenant whose open operation waits because the tenant is paused. */
export const PAUSED = {
  workflowSubState: 'paused',
  statusMessage: 'paused: nothing is done until it is unpaused',
} as const satisfies Partial<StoredTenant>

/** Nothing is done about the tenant any more; an operation that is open waits. */
export async function pauseTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  actor: Actor,
): Promise<Accepted> {
  const at = deps.now().toISOString()
  const { nextRetryAt, ...rest } = current
  const tenant: StoredTenant = {
    ...rest,
    ...(isUnderWay(current) ? PAUSED : {}),
    pausedAt: at,
    version: current.version + 1,
    updatedAt: at,
  }
  await replaceTenant(tx, current, tenant)
  await recordEvent(tx, { type: 'tenant.paused', tenant, ...openOperation(current), actor, at })
  return { tenant, outcome: 'changed' }
}

/** What waited goes on, with all the time that it had left. */
export async function unpauseTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  actor: Actor,
): Promise<Accepted> {
  const now = deps.now()
  const at = now.toISOString()
  const goesOn = isUnderWay(current)
  const { pausedAt, statusMessage, ...rest } = current
  const tenant: StoredTenant = {
    ...rest,
    ...(goesOn || statusMessage === undefined ? {} : { statusMessage }),
    ...(goesOn ? { workflowSubState: 'waiting' as const } : {}),
    version: current.version + 1,
    updatedAt: at,
  }
  await replaceTenant(tx, current, tenant)
  if (goesOn && pausedAt !== undefined && current.operationId !== undefined) {
    const operation = await findOperation(tx, current.operationId)
    if (operation !== undefined) await extendDeadline(tx, operation, pausedAt, now)
  }
  await recordEvent(tx, { type: 'tenant.unpaused', tenant, ...openOperation(current), actor, at })
  return { tenant, outcome: goesOn ? 'triggered' : 'changed' }
}

// Before the first sign of work no time has run: the limit begins with that.
async function extendDeadline(
  tx: Transaction<Database>,
  operation: OperationRow,
  pausedAt: string,
  now: Date,
): Promise<void> {
  if (operation.started_at === null) return
  const from = Math.max(Date.parse(pausedAt), Date.parse(operation.started_at))
  const pausedForMs = Math.max(0, now.getTime() - from)
  const deadlineAt = new Date(Date.parse(operation.deadline_at) + pausedForMs).toISOString()
  await updateOperation(tx, operation.id, { deadline_at: deadlineAt })
}

function isUnderWay({ status }: StoredTenant): boolean {
  return !SETTLED_STATUSES.some((settled) => settled === status)
}

function openOperation(tenant: StoredTenant): { readonly operationId?: string } {
  return isUnderWay(tenant) && tenant.operationId !== undefined ? { operationId: tenant.operationId } : {}
}
