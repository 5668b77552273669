import type { Event } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { ServerDeps } from '../server-deps.ts'
import type { Database } from '../store/database.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, listExpiryDue, replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from '../tenants/accepted.ts'
import { actOnTenant } from '../tenants/act-on-tenant.ts'
import { EXPIRY_ACTOR } from '../tenants/actor.ts'
import { afterCommit } from '../tenants/after-commit.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { transition } from '../tenants/tenant-transitions.ts'

export type ExpiryDeps = Pick<
  ServerDeps,
  'store' | 'registry' | 'triggers' | 'signals' | 'metrics' | 'tracer' | 'now' | 'deadlineSeconds' | 'drift' | 'logger'
>

/** How many tenants one round attends to. */
export const EXPIRY_BATCH_SIZE = 100

/**
 * Warns of what expires within a day, and archives or deletes what has expired. Everything is decided from what is stored, one
 * tenant and transaction at a time, so servers may do it at once and die at any point. Returns how many were attended to.
 */
export async function expireDue(deps: ExpiryDeps): Promise<number> {
  const now = deps.now().toISOString()
  const due = await listExpiryDue(deps.store.db, now, EXPIRY_BATCH_SIZE)
  for (const id of due) {
    const accepted = await deps.store.transaction((tx) => attend(tx, deps, id, now))
    if (accepted === undefined) continue
    deps.logger.info({ tenant_id: id, status: accepted.tenant.status, outcome: accepted.outcome }, 'tenant expires')
    await afterCommit(deps, accepted)
  }
  return due.length
}

async function attend(
  tx: Transaction<Database>,
  deps: ExpiryDeps,
  id: string,
  now: string,
): Promise<Accepted | undefined> {
  const tenant = await findTenantById(tx, id)
  // Another server was faster, or a client has changed its mind.
  if (tenant?.expiryDueAt === undefined || tenant.expiryDueAt > now) return undefined
  const { expiryDueAt, ...attended } = tenant
  const { expiresAt, expiryAction: action } = tenant.options
  if (expiresAt !== undefined && now < expiresAt) {
    return await record(tx, { current: tenant, next: { ...attended, expiryDueAt: expiresAt }, now }, 'tenant.expiring')
  }
  // A pause holds it up until the unpause, as it holds up everything that nobody asks for just now.
  if (tenant.pausedAt !== undefined) return undefined
  const step = transition(tenant, action)
  if (step.do === 'start' || step.do === 'remove') {
    return await actOnTenant(tx, deps, attended, { action, actor: EXPIRY_ACTOR })
  }
  const isRefused = step.do === 'refuse' && tenant.options.deletionProtection
  return await record(tx, { current: tenant, next: attended, now }, isRefused ? 'tenant.expiry_refused' : undefined)
}

async function record(
  tx: Transaction<Database>,
  { current, next, now }: { current: StoredTenant; next: StoredTenant; now: string },
  type: Event['type'] | undefined,
): Promise<Accepted> {
  const tenant = { ...next, version: current.version + 1, updatedAt: now }
  await replaceTenant(tx, current, tenant)
  if (type !== undefined) {
    const { expiresAt, expiryAction } = tenant.options
    const data = { expires_at: expiresAt, expiry_action: expiryAction }
    await recordEvent(tx, { type, tenant, actor: EXPIRY_ACTOR, at: now, data })
  }
  return { tenant, outcome: 'changed' }
}
