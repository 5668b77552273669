import type { ApiToken, CreatedToken, CreateTokenRequest } from '@landlord/api-contract'
import type { Kysely, Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { HttpProblem } from '../http/http-problem.ts'
import { normalTime } from '../http/normal-time.ts'
import type { ApiTokenRow, Database } from '../store/database.ts'
import { findToken, insertToken, revokeToken } from '../store/token-store.ts'
import type { Actor, Principal } from '../tenants/actor.ts'
import { LabelSelectorError, parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { formatSelector } from '../tenants/tenant-visibility.ts'
import { hashToken, makeToken } from './api-token.ts'

interface Clock {
  readonly now: () => Date
}

/**
 * Makes a token that is never wider than its maker: the maker's selector is added to its own, and it expires no later.
 * (Only admins come here, so no scope is too wide.) Throws `HttpProblem`.
 */
export async function createToken(
  tx: Transaction<Database>,
  { now }: Clock,
  request: CreateTokenRequest,
  actor: Actor,
): Promise<CreatedToken> {
  const at = now().toISOString()
  const token = makeToken()
  const row: ApiTokenRow = {
    id: uuidv7(),
    name: request.name,
    hash: hashToken(token),
    scope: request.scope,
    selector: narrowed(request.label_selector ?? '', actor),
    created_by: actor.principal,
    created_at: at,
    expires_at: expiryOf(request, at, actor),
    last_used_at: null,
    revoked_at: null,
    revoked_by: null,
  }
  if (!(await insertToken(tx, row))) throw nameTaken(request.name)
  await recordEvent(tx, { type: 'token.created', actor, at, data: factsOf(row) })
  return { ...toApiToken(row), token }
}

/** By id, or by name while it is not revoked. Throws `HttpProblem` when there is none that the reader could have made. */
export async function requireToken(db: Kysely<Database>, reference: string, reader: Principal): Promise<ApiTokenRow> {
  const row = await findToken(db, reference)
  if (row !== undefined && isWithin(row, reader)) return row
  throw new HttpProblem({
    code: 'not_found',
    detail: `there is no token ${JSON.stringify(reference)}; GET /v1/tokens lists them (revoked ones with include_revoked=true, and by id only)`,
  })
}

/** From now on nobody gets in with it. Revoking it again changes nothing. */
export async function revoke(
  tx: Transaction<Database>,
  { now }: Clock,
  reference: string,
  actor: Actor,
): Promise<ApiToken> {
  const row = await requireToken(tx, reference, actor)
  const at = now().toISOString()
  if (!(await revokeToken(tx, row.id, { at, who: actor.principal }))) return toApiToken(row)
  await recordEvent(tx, { type: 'token.revoked', actor, at, data: factsOf(row) })
  return toApiToken({ ...row, revoked_at: at, revoked_by: actor.principal })
}

/** Whether it reaches no further than the principal: whoever is limited to some tenants manages tokens for those alone. */
export function isWithin(row: ApiTokenRow, { selector }: Principal): boolean {
  const conditions = parseLabelSelector(row.selector).map((condition) => formatSelector([condition]))
  return selector.every((condition) => conditions.includes(formatSelector([condition])))
}

/** A token as clients see it. */
export function toApiToken(row: ApiTokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    scope: row.scope as ApiToken['scope'],
    created_by: row.created_by,
    created_at: row.created_at,
    ...(row.selector === '' ? {} : { label_selector: row.selector }),
    ...(row.expires_at === null ? {} : { expires_at: row.expires_at }),
    ...(row.last_used_at === null ? {} : { last_used_at: row.last_used_at }),
    ...(row.revoked_at === null ? {} : { revoked_at: row.revoked_at }),
    ...(row.revoked_by === null ? {} : { revoked_by: row.revoked_by }),
  }
}

function narrowed(selector: string, { selector: limits }: Actor): string {
  try {
    const asked = parseLabelSelector(selector).map((condition) => formatSelector([condition]))
    const all = [...new Set([...limits.map((condition) => formatSelector([condition])), ...asked])].join(',')
    // Together they may be more conditions than a selector can have.
    parseLabelSelector(all)
    return all
  } catch (error) {
    if (!(error instanceof LabelSelectorError)) throw error
    throw invalid('/label_selector', error.message)
  }
}

function expiryOf(request: CreateTokenRequest, at: string, { expiresAt: latest }: Actor): string | null {
  const { expires_at: moment, ttl_seconds: ttl } = request
  if (moment !== undefined && ttl !== undefined) {
    throw invalid('/ttl_seconds', 'does not go together with `expires_at`; send one of the two')
  }
  const asked =
    (moment === undefined ? undefined : normalTime('/expires_at', moment)) ??
    (ttl === undefined ? latest : new Date(Date.parse(at) + ttl * 1000).toISOString())
  if (asked === undefined) return null
  if (asked <= at) throw invalid('/expires_at', `is in the past (it is ${at} here)`)
  if (latest === undefined || asked <= latest) return asked
  throw new HttpProblem({
    code: 'forbidden',
    detail: `your own token expires at ${latest}, and one that you make cannot outlive it; ask for an earlier expiry, or leave it out`,
  })
}

function factsOf({ id, name, scope, selector, expires_at }: ApiTokenRow): Record<string, unknown> {
  return {
    token_id: id,
    token_name: name,
    scope,
    ...(selector === '' ? {} : { label_selector: selector }),
    ...(expires_at === null ? {} : { expires_at }),
  }
}

function nameTaken(name: string): HttpProblem {
  return new HttpProblem({
    code: 'conflict',
    detail: `there is a token ${name} already; revoke it first, or choose another name`,
  })
}

function invalid(pointer: string, message: string): HttpProblem {
  return new HttpProblem({
    code: 'invalid_request',
    detail: `${pointer}: ${message}`,
    issues: [{ pointer, message }],
  })
}
