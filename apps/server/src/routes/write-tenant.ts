import type { Tenant } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { etagOf } from '../http/etag.ts'
import type { RequestContext } from '../http/request-context.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { Database } from '../store/database.ts'
import type { Accepted } from '../tenants/accepted.ts'
import { afterCommit } from '../tenants/after-commit.ts'
import { answerOnce } from '../tenants/answer-once.ts'
import { toTenant } from '../tenants/to-tenant.ts'

export interface WriteRequest {
  readonly context: RequestContext
  readonly body?: unknown
  /** Of POSTs. */
  readonly idempotencyKey?: string | undefined
}

export interface WriteAnswer {
  readonly status: 200 | 201 | 202
  readonly body: Tenant
  readonly headers: Readonly<Record<string, string>>
}

/**
 * One write from end to end: the transaction, the answer under its idempotency key, and after the commit the trigger and
 * the news for who waits.
 */
export async function writeTenant(
  deps: ServerDeps,
  request: WriteRequest,
  accept: (tx: Transaction<Database>) => Promise<Accepted>,
): Promise<WriteAnswer> {
  const { answer, accepted } = await deps.store.transaction(async (tx) => {
    let done: Accepted | undefined
    const work = async () => {
      done = await accept(tx)
      return toAnswer(deps, done)
    }
    const { context, body, idempotencyKey: key } = request
    if (key === undefined) return { answer: await work(), accepted: done }
    const { actor, method, path } = context
    const once = { key, actor, method, path, body, now: deps.now() }
    const { answer, replayed } = await answerOnce(tx, once, work)
    const headers = replayed ? { ...answer.headers, 'idempotency-replayed': 'true' } : answer.headers
    return { answer: { ...answer, headers }, accepted: done }
  })
  if (accepted !== undefined) await afterCommit(deps, accepted)
  return answer
}

function toAnswer(deps: ServerDeps, { tenant, outcome }: Accepted): WriteAnswer {
  const underWay = outcome === 'started' || outcome === 'triggered' || outcome === 'under-way'
  return {
    status: outcome === 'created' ? 201 : underWay ? 202 : 200,
    body: toTenant(deps.registry, tenant),
    headers: {
      etag: etagOf(tenant),
      ...(outcome === 'created' ? { location: `/v1/tenants/${tenant.id}` } : {}),
    },
  }
}
