import { timingSafeEqual } from 'node:crypto'
import type { Scope } from '@landlord/api-contract'
import type { Logger } from '@landlord/compute-core'
import { HttpProblem } from '../http/http-problem.ts'
import type { ApiTokenRow } from '../store/database.ts'
import type { Store } from '../store/open-store.ts'
import { findTokenByHash, touchToken } from '../store/token-store.ts'
import type { Principal } from '../tenants/actor.ts'
import { parseLabelSelector } from '../tenants/parse-label-selector.ts'
import { hashToken, isMeantAsToken, isWellFormed } from './api-token.ts'
import { unauthorized } from './unauthorized.ts'

/** Who sends this `authorization` header. Rejects with `HttpProblem` where that is nobody, or nobody can tell. */
export type Authenticate = (authorization: string | undefined) => Promise<Principal>

export interface AuthenticateDeps {
  readonly store: Pick<Store, 'db'>
  readonly now: () => Date
  readonly logger: Logger
  /** Whom another issuer's token names. Absent: only our own tokens are known. */
  readonly verifyBearer?: (token: string) => Promise<Principal>
}

/** Its last use is kept to the minute: a write for each request would cost more than the request. */
const TOUCH_INTERVAL_MS = 60_000

export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return async (authorization) => {
    const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw nothingShown(authorization)
    if (isMeantAsToken(token)) return await fromApiToken(deps, token)
    if (deps.verifyBearer !== undefined) return await deps.verifyBearer(token)
    throw unauthorized('this is no API token; those begin with "ll_"')
  }
}

async function fromApiToken(deps: AuthenticateDeps, token: string): Promise<Principal> {
  if (!isWellFormed(token))
    throw unauthorized('the API token is not complete; copy it again, from its beginning to its end')
  const hash = hashToken(token)
  const row = await findTokenByHash(deps.store.db, hash)
  if (row === undefined || !isSame(row.hash, hash)) throw unauthorized('the API token is not known here')
  const now = deps.now()
  if (row.revoked_at !== null) throw unauthorized(`the API token ${row.name} was revoked at ${row.revoked_at}`)
  if (row.expires_at !== null && row.expires_at <= now.toISOString()) {
    throw unauthorized(`the API token ${row.name} expired at ${row.expires_at}`)
  }
  await touch(deps, row, now)
  return {
    principal: `token:${row.name}`,
    tokenId: row.id,
    scope: row.scope as Scope,
    selector: parseLabelSelector(row.selector),
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
  }
}

function isSame(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(left), Buffer.from(right))
}

async function touch({ store, logger }: AuthenticateDeps, row: ApiTokenRow, now: Date): Promise<void> {
  const before = new Date(now.getTime() - TOUCH_INTERVAL_MS).toISOString()
  if (row.last_used_at !== null && row.last_used_at >= before) return
  try {
    await touchToken(store.db, row.id, { at: now.toISOString(), before })
  } catch (error) {
    // A note on the side is no reason to turn somebody away.
    logger.warn({ err: error, token: row.name }, 'the last use of a token could not be noted')
  }
}

function nothingShown(authorization: string | undefined): HttpProblem {
  return authorization === undefined
    ? new HttpProblem({
        code: 'unauthorized',
        detail:
          'this server asks for a token; send one as "authorization: Bearer ll_…" (the command line: LANDLORD_TOKEN). An admin makes one with `landlord token create`, the first is made on the server\'s machine with `landlord-server token create`',
        headers: { 'www-authenticate': 'Bearer realm="landlord"' },
      })
    : unauthorized('the authorization header must be "Bearer" and one token')
}
