import { type Expression, type ExpressionBuilder, type Kysely, type SqlBool, sql } from 'kysely'
import type { Principal } from '../tenants/actor.ts'
import type { LabelCondition } from '../tenants/parse-label-selector.ts'
import type { Database } from './database.ts'
import { labelCondition } from './label-conditions.ts'
import { fromTenantRow, type StoredTenant } from './stored-tenant.ts'
import { tenantsWithDocuments } from './tenant-store.ts'

type Db = Kysely<Database>
type Where = ExpressionBuilder<Database, 'tenants'>

export interface TenantFilter {
  /** Sees, and counts, only what is there for them. */
  readonly reader: Principal
  readonly statuses?: readonly string[]
  /** Default: archived tenants are left out unless `statuses` asks for them. */
  readonly includeArchived: boolean
  readonly provider?: string
  /** Part of the name or of the id. */
  readonly text?: string
  readonly drifted?: boolean
  readonly workflowSubState?: string
  readonly hasWorkflowError?: boolean
  readonly minRetryCount?: number
  readonly labels: readonly LabelCondition[]
}

export interface TenantOrder {
  readonly column: 'created_at' | 'updated_at' | 'name'
  readonly direction: 'asc' | 'desc'
}

export interface TenantPage {
  readonly order: TenantOrder
  readonly limit: number
  readonly offset: number
  /** Where the page before ended. */
  readonly after?: { readonly value: string; readonly id: string }
}

/** How many tenants match, on all pages. */
export async function countTenants(db: Db, filter: TenantFilter): Promise<number> {
  const { total } = await db
    .selectFrom('tenants')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where((where) => where.and(conditions(where, filter)))
    .executeTakeFirstOrThrow()
  return Number(total)
}

/** One more tenant than `limit` where there is a further page. */
export async function listTenants(db: Db, filter: TenantFilter, page: TenantPage): Promise<StoredTenant[]> {
  const { column, direction } = page.order
  // The ids come from an index alone; only the rows of this page, with their configurations, are read.
  const ids = db
    .selectFrom('tenants')
    .select('id')
    .where((where) => where.and([...conditions(where, filter), ...keyset(where, page)]))
    .orderBy(column, direction)
    .orderBy('id', direction)
    .limit(page.limit + 1)
    .offset(page.offset)
  const rows = await tenantsWithDocuments(db)
    .where(
      'id',
      'in',
      (await ids.execute()).map((row) => row.id),
    )
    .orderBy(column, direction)
    .orderBy('id', direction)
    .execute()
  return rows.map(fromTenantRow)
}

function keyset(where: Where, { order, after }: TenantPage): Expression<SqlBool>[] {
  if (after === undefined) return []
  const beyond = order.direction === 'asc' ? '>' : '<'
  const { column } = order
  // The first condition alone lets the index start where the page does.
  return [
    where(column, order.direction === 'asc' ? '>=' : '<=', after.value),
    where.or([
      where(column, beyond, after.value),
      where.and([where(column, '=', after.value), where('id', beyond, after.id)]),
    ]),
  ]
}

function conditions(where: Where, filter: TenantFilter): Expression<SqlBool>[] {
  const labels = [...filter.reader.selector, ...filter.labels]
  const found: Expression<SqlBool>[] = labels.map((condition) => labelCondition(where, condition))
  if (filter.statuses !== undefined) found.push(where('status', 'in', filter.statuses))
  else if (!filter.includeArchived) found.push(where('status', '!=', 'archived'))
  if (filter.provider !== undefined) found.push(where('provider', '=', filter.provider))
  if (filter.workflowSubState !== undefined) found.push(where('workflow_sub_state', '=', filter.workflowSubState))
  if (filter.minRetryCount !== undefined) found.push(where('workflow_retry_count', '>=', filter.minRetryCount))
  if (filter.hasWorkflowError !== undefined) {
    found.push(where('workflow_error_message', filter.hasWorkflowError ? 'is not' : 'is', null))
  }
  if (filter.drifted !== undefined) {
    const drifted = where.selectFrom('tenant_observations').select('tenant_id').where('drifted_at', 'is not', null)
    found.push(where('id', filter.drifted ? 'in' : 'not in', drifted))
  }
  if (filter.text !== undefined && filter.text !== '') {
    const pattern = `%${filter.text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
    found.push(sql<SqlBool>`(name like ${pattern} escape '\\' or id like ${pattern} escape '\\')`)
  }
  return found
}

/** For metrics. */
export async function countTenantsByStatus(db: Db): Promise<{ status: string; provider: string; count: number }[]> {
  const rows = await db
    .selectFrom('tenants')
    .select((select) => ['status', 'provider', select.fn.countAll<number>().as('count')])
    .groupBy(['status', 'provider'])
    .execute()
  return rows.map((row) => ({ ...row, count: Number(row.count) }))
}
