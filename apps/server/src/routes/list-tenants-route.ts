import { type ListTenantsQuery, type routes, TENANT_STATUSES } from '@landlord/api-contract'
import { suggestName } from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import { decodeCursor, encodeCursor, invalidCursor } from '../http/page-cursor.ts'
import type { Handler } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { countTenants, listTenants, type TenantFilter, type TenantOrder } from '../store/list-tenants.ts'
import type { Principal } from '../tenants/actor.ts'
import { type LabelCondition, LabelSelectorError, parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { toTenant } from '../tenants/to-tenant.ts'

const DEFAULT_LIMIT = 50

export function listTenantsRoute(deps: ServerDeps): Handler<typeof routes.listTenants> {
  return async ({ query, context }) => {
    const filter = readFilter(query, context.actor)
    const sort = query.sort ?? '-created_at'
    const order = readOrder(sort)
    const limit = query.limit ?? DEFAULT_LIMIT
    const offset = query.offset ?? 0
    const after = query.cursor === undefined ? undefined : readCursor(query.cursor, sort)
    if (after !== undefined && query.offset !== undefined) {
      throw invalidQuery('offset', 'does not go together with `cursor`; send one of the two')
    }
    const { total, found } = await deps.store.snapshot(async (tx) => ({
      total: await countTenants(tx, filter),
      found: await listTenants(tx, filter, { order, limit, offset, ...(after === undefined ? {} : { after }) }),
    }))
    const page = found.slice(0, limit)
    const last = page.at(-1)
    const columns = { created_at: last?.createdAt, updated_at: last?.updatedAt, name: last?.name }
    const more = found.length > limit && last !== undefined
    return {
      status: 200,
      body: {
        tenants: page.map((tenant) => toTenant(deps.registry, tenant)),
        total,
        limit,
        offset,
        ...(more ? { next_cursor: encodeCursor({ sort, value: columns[order.column] ?? '', id: last.id }) } : {}),
      },
    }
  }
}

function readOrder(sort: NonNullable<ListTenantsQuery['sort']>): TenantOrder {
  const descending = sort.startsWith('-')
  const column = (descending ? sort.slice(1) : sort) as TenantOrder['column']
  return { column, direction: descending ? 'desc' : 'asc' }
}

function readCursor(cursor: string, sort: string): { value: string; id: string } {
  const facts = decodeCursor(cursor, ['sort', 'value', 'id'])
  if (facts.sort !== sort) throw invalidCursor()
  return { value: facts.value, id: facts.id }
}

function readFilter(query: ListTenantsQuery, reader: Principal): TenantFilter {
  return {
    reader,
    includeArchived: query.include_deleted ?? false,
    labels: readLabels(query.label_selector ?? ''),
    ...(query.status === undefined ? {} : { statuses: readStatuses(query.status) }),
    ...(query.provider === undefined ? {} : { provider: query.provider }),
    ...(query.q === undefined ? {} : { text: query.q }),
    ...(query.drifted === undefined ? {} : { drifted: query.drifted }),
    ...(query.workflow_sub_state === undefined ? {} : { workflowSubState: query.workflow_sub_state }),
    ...(query.has_workflow_error === undefined ? {} : { hasWorkflowError: query.has_workflow_error }),
    ...(query.min_retry_count === undefined ? {} : { minRetryCount: query.min_retry_count }),
  }
}

function readLabels(selector: string): LabelCondition[] {
  try {
    return parseLabelSelector(selector)
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error
    throw invalidQuery('label_selector', error.message)
  }
}

function readStatuses(text: string): string[] {
  const statuses = text.split(',').map((status) => status.trim())
  const unknown = statuses.find((status) => !TENANT_STATUSES.some((known) => known === status))
  if (unknown === undefined) return statuses
  const guess = suggestName(unknown, TENANT_STATUSES)
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`
  throw invalidQuery('status', `must be one of ${TENANT_STATUSES.join(', ')}, got ${JSON.stringify(unknown)}${hint}`)
}

function invalidQuery(name: string, message: string): HttpProblem {
  const pointer = `?${name}`
  return new HttpProblem({ code: 'invalid_request', detail: `${pointer}: ${message}`, issues: [{ pointer, message }] })
}
