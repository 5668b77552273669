import type { Kysely, Updateable } from 'kysely'
import type { Database, TenantObservationRow } from './database.ts'

type Db = Kysely<Database>

export async function findObservation(db: Db, tenantId: string): Promise<TenantObservationRow | undefined> {
  return await db.selectFrom('tenant_observations').selectAll().where('tenant_id', '=', tenantId).executeTakeFirst()
}

export async function updateObservation(
  db: Db,
  tenantId: string,
  columns: Updateable<TenantObservationRow>,
): Promise<void> {
  await db.updateTable('tenant_observations').set(columns).where('tenant_id', '=', tenantId).execute()
}

/** Begins, or begins anew, to look at a tenant. */
export async function scheduleObservation(
  db: Db,
  tenantId: string,
  columns: Updateable<Omit<TenantObservationRow, 'tenant_id'>>,
): Promise<void> {
  await db
    .insertInto('tenant_observations')
    .values({ tenant_id: tenantId, slot: 0, heals: '[]', ...columns } as TenantObservationRow)
    .onConflict((on) => on.column('tenant_id').doUpdateSet(columns))
    .execute()
}

/** Ready tenants that nobody will look at: from before there were observations, or made ready by an older server. */
export async function listUnscheduled(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('tenants')
    .leftJoin('tenant_observations', 'tenant_observations.tenant_id', 'tenants.id')
    .select('tenants.id')
    .where('tenants.status', '=', 'ready')
    .where('tenant_observations.due_at', 'is', null)
    // In one order, so that two servers never wait for each other.
    .orderBy('tenants.id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

export interface DueObservation {
  readonly tenant_id: string
  readonly slot: number
  readonly asked_at: string | null
  readonly status: string
  readonly paused_at: string | null
}

export async function hasDueObservation(db: Db, now: string): Promise<boolean> {
  const row = await db
    .selectFrom('tenant_observations')
    .select('tenant_id')
    .where('due_at', '<=', now)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Those due, the longest overdue first: `asked` without an answer so far, or not. */
export async function listDueObservations(
  db: Db,
  { now, asked, limit }: { readonly now: string; readonly asked: boolean; readonly limit: number },
): Promise<DueObservation[]> {
  if (limit <= 0) return []
  return await db
    .selectFrom('tenant_observations')
    .innerJoin('tenants', 'tenants.id', 'tenant_observations.tenant_id')
    .select(['tenant_observations.tenant_id', 'slot', 'asked_at', 'tenants.status', 'paused_at'])
    .where('due_at', '<=', now)
    .where('asked_at', asked ? 'is not' : 'is', null)
    .orderBy('due_at')
    .limit(limit)
    .execute()
}

/** In one statement for all of them. */
export async function updateObservations(
  db: Db,
  tenantIds: readonly string[],
  columns: Updateable<TenantObservationRow>,
): Promise<void> {
  if (tenantIds.length === 0) return
  await db.updateTable('tenant_observations').set(columns).where('tenant_id', 'in', tenantIds).execute()
}

/** As `updateObservations`, with the next number of a question. */
export async function askAnew(
  db: Db,
  tenantIds: readonly string[],
  columns: Updateable<TenantObservationRow>,
): Promise<void> {
  if (tenantIds.length === 0) return
  await db
    .updateTable('tenant_observations')
    .set((eb) => ({ ...columns, slot: eb('slot', '+', 1) }))
    .where('tenant_id', 'in', tenantIds)
    .execute()
}

/** Questions without an answer. */
export async function countAsked(db: Db): Promise<number> {
  return await count(db, (query) => query.where('asked_at', 'is not', null))
}

/** Tenants under observation. */
export async function countObserved(db: Db): Promise<number> {
  return await count(db, (query) => query.where('due_at', 'is not', null))
}

/** Tenants that turned bad within the window, and after the brake was released the last time. */
export async function countTurnedBad(
  db: Db,
  { windowStart, releasedAt }: { readonly windowStart: string; readonly releasedAt: string },
): Promise<number> {
  return await count(db, (query) =>
    query.where('turned_bad_at', '>', windowStart).where('turned_bad_at', '>', releasedAt),
  )
}

/** Ready tenants that could be looked at and were not since then. */
export async function countUnseen(db: Db, since: string): Promise<number> {
  const row = await db
    .selectFrom('tenant_observations')
    .innerJoin('tenants', 'tenants.id', 'tenant_observations.tenant_id')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('due_at', 'is not', null)
    .where('status', '=', 'ready')
    .where('paused_at', 'is', null)
    .where((where) => where.or([where('observed_at', 'is', null), where('observed_at', '<', since)]))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Heals that have not ended yet. */
export async function countHealing(db: Db): Promise<number> {
  const row = await db
    .selectFrom('operations')
    .innerJoin('tenant_observations', 'tenant_observations.tenant_id', 'operations.tenant_id')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('operations.finished_at', 'is', null)
    .whereRef('tenant_observations.heal_operation_id', '=', 'operations.id')
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

function observations(db: Db) {
  return db.selectFrom('tenant_observations').select((select) => select.fn.countAll<number>().as('count'))
}

async function count(
  db: Db,
  narrow: (query: ReturnType<typeof observations>) => ReturnType<typeof observations>,
): Promise<number> {
  const row = await narrow(observations(db)).executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function countDriftByReason(db: Db): Promise<{ reason: string; count: number }[]> {
  const rows = await db
    .selectFrom('tenant_observations')
    .select((select) => ['drift_reason', select.fn.countAll<number>().as('count')])
    .where('drifted_at', 'is not', null)
    .groupBy('drift_reason')
    .execute()
  return rows.map((row) => ({ reason: row.drift_reason ?? 'changed', count: Number(row.count) }))
}

export interface ObservationAge {
  readonly observed: number
  readonly neverObserved: number
  readonly oldestObservedAt: string | undefined
}

export async function readObservationAge(db: Db): Promise<ObservationAge> {
  const row = await db
    .selectFrom('tenant_observations')
    .select((select) => [
      select.fn.countAll<number>().as('observed'),
      select.fn.count<number>('observed_at').as('seen'),
      select.fn.min<string | null>('observed_at').as('oldest'),
    ])
    .where('due_at', 'is not', null)
    .executeTakeFirstOrThrow()
  return {
    observed: Number(row.observed),
    neverObserved: Number(row.observed) - Number(row.seen),
    oldestObservedAt: row.oldest ?? undefined,
  }
}
