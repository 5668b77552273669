import type { PageQuery, routes } from '@landlord/api-contract'
import { HttpProblem } from '../http/http-problem.ts'
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { findVisibleOperation, listOperations } from '../store/operation-store.ts'
import { toOperation } from '../store/to-operation.ts'
import { requireKnown } from '../tenants/find-tenant.ts'

type HistoryRoute = 'listTenantOperations' | 'getOperation'

const DEFAULT_LIMIT = 50

/** What was done; by id also after the tenant is gone. */
export function historyRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, HistoryRoute> {
  const { db } = deps.store
  return {
    async listTenantOperations({ params, query, context }) {
      const tenantId = await requireKnown(db, params.tenant, context.actor)
      const page = readPage(query)
      const rows = await listOperations(db, { ...page, tenantId })
      const { items, next } = cut(rows, page.limit)
      return { status: 200, body: { operations: items.map(toOperation), ...next } }
    },
    async getOperation({ params, context }) {
      const row = await findVisibleOperation(db, params.id, context.actor)
      if (row !== undefined) return { status: 200, body: toOperation(row) }
      const detail = `there is no operation ${JSON.stringify(params.id)}; GET /v1/tenants/{tenant}/operations lists a tenant's`
      throw new HttpProblem({ code: 'not_found', detail })
    },
  }
}

function readPage(query: PageQuery): { limit: number; order: 'asc' | 'desc'; after?: string } {
  return {
    limit: query.limit ?? DEFAULT_LIMIT,
    order: query.order ?? 'desc',
    ...(query.cursor === undefined ? {} : { after: decodeCursor(query.cursor, ['id']).id }),
  }
}

function cut<Item extends { readonly id: string }>(rows: readonly Item[], limit: number) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const next = rows.length > limit && last !== undefined ? { next_cursor: encodeCursor({ id: last.id }) } : {}
  return { items, next }
}
