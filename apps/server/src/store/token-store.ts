import type { Kysely } from 'kysely'
import type { ApiTokenRow, Database } from './database.ts'

type Db = Kysely<Database>

/** False when a token that is not revoked has the name. */
export async function insertToken(db: Db, row: ApiTokenRow): Promise<boolean> {
  const inserted = await db
    .insertInto('api_tokens')
    .values(row)
    .onConflict((on) => on.doNothing())
    .executeTakeFirst()
  return inserted.numInsertedOrUpdatedRows === 1n
}

export async function findTokenByHash(db: Db, hash: string): Promise<ApiTokenRow | undefined> {
  return await db.selectFrom('api_tokens').selectAll().where('hash', '=', hash).executeTakeFirst()
}

/** By id, or by the name of one that is not revoked. */
export async function findToken(db: Db, reference: string): Promise<ApiTokenRow | undefined> {
  const byId = await db.selectFrom('api_tokens').selectAll().where('id', '=', reference).executeTakeFirst()
  if (byId !== undefined) return byId
  return await db
    .selectFrom('api_tokens')
    .selectAll()
    .where('name', '=', reference)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
}

export interface TokenPage {
  readonly limit: number
  readonly includeRevoked: boolean
  /** Id of the last token of the page before. */
  readonly after?: string
}

/** Newest first; one more row than `limit` where there is a further page. */
export async function listTokens(db: Db, page: TokenPage): Promise<ApiTokenRow[]> {
  let query = db.selectFrom('api_tokens').selectAll()
  if (!page.includeRevoked) query = query.where('revoked_at', 'is', null)
  if (page.after !== undefined) query = query.where('id', '<', page.after)
  return await query
    .orderBy('id', 'desc')
    .limit(page.limit + 1)
    .execute()
}

/** False when it was revoked already. */
export async function revokeToken(db: Db, id: string, by: { readonly at: string; readonly who: string }) {
  const updated = await db
    .updateTable('api_tokens')
    .set({ revoked_at: by.at, revoked_by: by.who })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return updated.numUpdatedRows === 1n
}

/** Unless another server has just done so. */
export async function touchToken(db: Db, id: string, use: { readonly at: string; readonly before: string }) {
  await db
    .updateTable('api_tokens')
    .set({ last_used_at: use.at })
    .where('id', '=', id)
    .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', use.before)]))
    .execute()
}
