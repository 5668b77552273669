import type { routes } from '@landlord/api-contract'
import { createToken, isWithin, requireToken, revoke, toApiToken } from '../access/manage-tokens.ts'
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { listTokens } from '../store/token-store.ts'

type TokenRoute = 'createToken' | 'listTokens' | 'getToken' | 'revokeToken'

const DEFAULT_LIMIT = 50

export function tokenRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, TokenRoute> {
  const { db, transaction } = deps.store
  return {
    async createToken({ body, context }) {
      const created = await transaction((tx) => createToken(tx, deps, body, context.actor))
      return { status: 201, body: created, headers: { location: `/v1/tokens/${created.id}` } }
    },
    async listTokens({ query, context }) {
      const limit = query.limit ?? DEFAULT_LIMIT
      const rows = await listTokens(db, {
        limit,
        includeRevoked: query.include_revoked ?? false,
        ...(query.cursor === undefined ? {} : { after: decodeCursor(query.cursor, ['id']).id }),
      })
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const next = rows.length > limit && last !== undefined ? { next_cursor: encodeCursor({ id: last.id }) } : {}
      // A page may so become shorter than its limit, and still has the next one's cursor.
      const tokens = page.filter((row) => isWithin(row, context.actor)).map(toApiToken)
      return { status: 200, body: { tokens, ...next } }
    },
    async getToken({ params, context }) {
      return { status: 200, body: toApiToken(await requireToken(db, params.token, context.actor)) }
    },
    async revokeToken({ params, context }) {
      return { status: 200, body: await transaction((tx) => revoke(tx, deps, params.token, context.actor)) }
    },
  }
}
