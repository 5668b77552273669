import type { Event } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { Database } from '../store/database.ts'
import { updateOperation } from '../store/operation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { deleteTenant } from '../store/tenant-store.ts'
import type { Accepted } from './accepted.ts'
import type { Actor } from './actor.ts'
import { conflict } from './conflict.ts'
import { pauseTenant, unpauseTenant } from './pause-tenant.ts'
import { recordEvent } from './record-event.ts'
import { requireCapability } from './require-capability.ts'
import { startOperation } from './start-operation.ts'
import type { TenantDeps } from './tenant-deps.ts'
import { type TenantVerb, transition } from './tenant-transitions.ts'
import { toTenant } from './to-tenant.ts'

export type TenantAction = Exclude<TenantVerb, 'put' | 'change'>

const EVENT_OF: Readonly<Record<TenantAction, Event['type']>> = {
  archive: 'tenant.archive_requested',
  delete: 'tenant.delete_requested',
  retry: 'tenant.retry_requested',
  reconcile: 'tenant.reconcile_requested',
  suspend: 'tenant.suspend_requested',
  resume: 'tenant.resume_requested',
  restart: 'tenant.restart_requested',
  pause: 'tenant.paused',
  unpause: 'tenant.unpaused',
}

/** Everything that a client can ask of a tenant besides changing its desired state. Throws `HttpProblem` where its state forbids it. */
export async function actOnTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  { action, actor }: { action: TenantAction; actor: Actor },
): Promise<Accepted> {
  const step = transition(current, action)
  switch (step.do) {
    case 'refuse':
      throw conflict(current, step.why)
    case 'nothing':
      return { tenant: current, outcome: step.done ? 'done' : 'under-way' }
    case 'trigger':
      return { tenant: current, outcome: 'triggered' }
    case 'remove':
      return await remove(tx, deps, current, actor)
    case 'pause':
      return await pauseTenant(tx, deps, current, actor)
    case 'unpause':
      return await unpauseTenant(tx, deps, current, actor)
    case 'start':
      if (action === 'suspend' || action === 'restart') requireCapability(deps.registry, current, action)
      return await startOperation(tx, deps, { current, actor }, { ...step, event: EVENT_OF[action] })
  }
}

async function remove(
  tx: Transaction<Database>,
  deps: TenantDeps,
  current: StoredTenant,
  actor: Actor,
): Promise<Accepted> {
  const at = deps.now().toISOString()
  // Its last operation is the archive; who waits for the end is answered from there.
  if (current.operationId !== undefined) {
    const final = JSON.stringify(toTenant(deps.registry, current))
    await updateOperation(tx, current.operationId, { final_tenant: final })
  }
  await deleteTenant(tx, current)
  await recordEvent(tx, { type: 'tenant.delete_requested', tenant: current, actor, at })
  await recordEvent(tx, { type: 'tenant.deleted', tenant: current, actor, at })
  return { tenant: current, outcome: 'removed' }
}
