import type { Tenant } from '@landlord/api-contract'
import type { Kysely, Updateable } from 'kysely'
import type { Principal } from '../tenants/actor.ts'
import type { Database, OperationRow } from './database.ts'
import { historyVisibleTo } from './label-conditions.ts'

type Db = Kysely<Database>

export async function findOperation(db: Db, id: string): Promise<OperationRow | undefined> {
  return await db.selectFrom('operations').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Undefined also when its tenant is not there for the reader. */
export async function findVisibleOperation(db: Db, id: string, reader: Principal): Promise<OperationRow | undefined> {
  return await db
    .selectFrom('operations')
    .selectAll()
    .where('id', '=', id)
    .where((where) => where.and(historyVisibleTo(reader)))
    .executeTakeFirst()
}

export async function insertOperation(db: Db, row: OperationRow): Promise<void> {
  await db.insertInto('operations').values(row).execute()
}

export async function updateOperation(db: Db, id: string, columns: Updateable<OperationRow>): Promise<void> {
  await db.updateTable('operations').set(columns).where('id', '=', id).execute()
}

/** Ends the tenant's open operation; undefined when none is open. */
export async function supersedeOpenOperation(db: Db, tenantId: string, now: string): Promise<OperationRow | undefined> {
  return await db
    .updateTable('operations')
    .set({ state: 'superseded', finished_at: now, next_retry_at: null })
    .where('tenant_id', '=', tenantId)
    .where('finished_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/** Drops the configurations (and their secrets) that no late report can need any more. */
export async function forgetOperationConfigs(db: Db, tenantId: string): Promise<void> {
  await db
    .updateTable('operations')
    .set({ config: null })
    .where('tenant_id', '=', tenantId)
    .where('config', 'is not', null)
    .execute()
}

/** What the oldest operation that is still remembered asked for. */
export async function findOldestConfig(db: Db, tenantId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('operations')
    .select('config')
    .where('tenant_id', '=', tenantId)
    .where('config', 'is not', null)
    .orderBy('id', 'asc')
    .executeTakeFirst()
  return row?.config ?? undefined
}

/** Those of these tenants, deleted ones included, to which something is being done, or was since `since`. */
export async function findMovingTenants(db: Db, tenantIds: readonly string[], since: string): Promise<Set<string>> {
  if (tenantIds.length === 0) return new Set()
  const rows = await db
    .selectFrom('operations')
    .select('tenant_id')
    .distinct()
    .where('tenant_id', 'in', tenantIds)
    .where((where) => where.or([where('finished_at', 'is', null), where('finished_at', '>=', since)]))
    .execute()
  return new Set(rows.map(({ tenant_id }) => tenant_id))
}

export interface OperationPage {
  readonly tenantId: string
  readonly limit: number
  readonly order: 'asc' | 'desc'
  /** Id of the last operation of the page before. */
  readonly after?: string
}

/** One more row than `limit` where there is a further page. */
export async function listOperations(db: Db, page: OperationPage): Promise<OperationRow[]> {
  let query = db.selectFrom('operations').selectAll().where('tenant_id', '=', page.tenantId)
  if (page.after !== undefined) query = query.where('id', page.order === 'asc' ? '>' : '<', page.after)
  return await query
    .orderBy('id', page.order)
    .limit(page.limit + 1)
    .execute()
}

export interface DueOperation {
  readonly id: string
  readonly tenant_id: string
  readonly trigger_count: number
}

export interface SweptOperation extends DueOperation {
  readonly unanswered_count: number
  readonly triggered_at: string | null
}

/**
 * Open operations without a sign of life since `staleBefore`, and those created before `unsentBefore` that never reached
 * the engine; not those of paused tenants. `staleBefore` is one time for each number of triggers without an answer; the last
 * holds for more, too.
 */
export async function listDueOperations(
  db: Db,
  due: { readonly staleBefore: readonly string[]; readonly unsentBefore: string; readonly limit: number },
): Promise<SweptOperation[]> {
  const last = due.staleBefore.length - 1
  return await db
    .selectFrom('operations')
    .select(['id', 'tenant_id', 'trigger_count', 'unanswered_count', 'triggered_at'])
    .where('finished_at', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('tenants')
            .select('tenants.id')
            .whereRef('tenants.id', '=', 'operations.tenant_id')
            .where('paused_at', 'is not', null),
        ),
      ),
    )
    .where((where) =>
      where.or([
        ...due.staleBefore.map((before, unanswered) =>
          where.and([
            where('unanswered_count', unanswered === last ? '>=' : '=', unanswered),
            where('progressed_at', '<', before),
          ]),
        ),
        where.and([where('triggered_at', 'is', null), where('progressed_at', '<', due.unsentBefore)]),
      ]),
    )
    .orderBy('progressed_at')
    // The same order in every server: two that sweep at once wait for each other instead of being in each other's way.
    .orderBy('id')
    .limit(due.limit)
    .execute()
}

/** Counts one more trigger, for a key of its own; false when the operation is over or another server was faster. */
export async function countTrigger(
  db: Db,
  operation: DueOperation,
  columns: Pick<Updateable<OperationRow>, 'progressed_at' | 'unanswered_count'>,
): Promise<boolean> {
  const updated = await db
    .updateTable('operations')
    .set({ ...columns, trigger_count: operation.trigger_count + 1 })
    .where('id', '=', operation.id)
    .where('trigger_count', '=', operation.trigger_count)
    .where('finished_at', 'is', null)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

export interface OpenOperation extends OperationRow {
  /** Since when its tenant is paused. */
  readonly paused_at: string | null
}

/** Open operations from before a time, the oldest first. */
export async function listOpenOperations(
  db: Db,
  { createdBefore, limit }: { readonly createdBefore: string; readonly limit: number },
): Promise<OpenOperation[]> {
  return await db
    .selectFrom('operations')
    .innerJoin('tenants', 'tenants.id', 'operations.tenant_id')
    .selectAll('operations')
    .select('tenants.paused_at')
    .where('operations.finished_at', 'is', null)
    .where('operations.created_at', '<', createdBefore)
    .orderBy('operations.created_at')
    .limit(limit)
    .execute()
}

export interface OpenOperations {
  readonly state: string
  readonly count: number
  /** When the oldest of them was accepted. */
  readonly oldest: string
}

/** For metrics. */
export async function countOpenOperations(db: Db): Promise<OpenOperations[]> {
  const rows = await db
    .selectFrom('operations')
    .select((select) => [
      'state',
      select.fn.countAll<number>().as('count'),
      select.fn.min<string>('created_at').as('oldest'),
    ])
    .where('finished_at', 'is', null)
    .groupBy('state')
    .execute()
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}

/** A deleted tenant as clients last saw it. */
export async function findFinalTenant(db: Db, tenantId: string): Promise<Tenant | undefined> {
  const row = await db
    .selectFrom('operations')
    .select('final_tenant')
    .where('tenant_id', '=', tenantId)
    .where('final_tenant', 'is not', null)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.final_tenant == null ? undefined : (JSON.parse(row.final_tenant) as Tenant)
}
