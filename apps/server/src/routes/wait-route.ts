import { type routes, WAIT_CONDITIONS } from '@landlord/api-contract'
import { suggestName } from '@landlord/compute-core'
import { etagOf } from '../http/etag.ts'
import { HttpProblem } from '../http/http-problem.ts'
import type { Handler } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { findFinalTenant } from '../store/operation-store.ts'
import { findTenant, isTenantId, noSuchTenant } from '../tenants/find-tenant.ts'
import { sees } from '../tenants/tenant-visibility.ts'
import { toTenant } from '../tenants/to-tenant.ts'
import { waitForTenant } from '../tenants/wait-for-tenant.ts'

const MAX_WAIT_SECONDS = 60

/** Long poll. A tenant that is gone is answered as it last was, where `gone` was waited for. */
export function waitRoute(deps: ServerDeps): Handler<typeof routes.waitForTenant> {
  return async ({ params, query, context }) => {
    const until = readConditions(query.until ?? 'settled')
    const { db } = deps.store
    const found = await findTenant(db, params.tenant, context.actor)
    if (found === undefined) return await gone(params.tenant)
    const timeout = query.timeout ?? MAX_WAIT_SECONDS
    const result = await waitForTenant({
      tenantId: found.id,
      read: () => findTenant(db, found.id, context.actor),
      until,
      timeoutMs: timeout * 1000,
      signals: deps.signals,
      signal: AbortSignal.any([context.signal, deps.stopping]),
    })
    switch (result.outcome) {
      case 'reached':
        return answer(toTenant(deps.registry, result.tenant))
      case 'gone':
        return await gone(found.id)
      case 'timeout':
        throw new HttpProblem({
          code: 'wait_timeout',
          detail: `tenant ${found.name} is still ${result.tenant.status} after ${timeout} s; ask again to wait on`,
          tenantId: found.id,
        })
      case 'aborted':
        if (context.signal.reason instanceof HttpProblem) throw context.signal.reason
        throw new HttpProblem({ code: 'unavailable', detail: 'the server is stopping; ask again to wait on' })
    }

    async function gone(reference: string) {
      const last =
        until.has('gone') && isTenantId(reference) ? await findFinalTenant(db, reference.toLowerCase()) : undefined
      if (last === undefined || !sees(context.actor, last.labels ?? {}))
        throw await noSuchTenant(db, reference, context.actor)
      return answer(last)
    }
  }
}

function answer(tenant: ReturnType<typeof toTenant>) {
  return { status: 200, body: tenant, headers: { etag: etagOf(tenant) } } as const
}

function readConditions(text: string): ReadonlySet<string> {
  const conditions = text.split(',').map((condition) => condition.trim())
  const unknown = conditions.filter((condition) => !WAIT_CONDITIONS.some((known) => known === condition))
  if (unknown.length === 0) return new Set(conditions)
  const guess = suggestName(unknown[0] ?? '', WAIT_CONDITIONS)
  const hint = guess === undefined ? '' : `; did you mean "${guess}"?`
  const message = `knows ${WAIT_CONDITIONS.join(', ')}, not ${unknown.map((name) => JSON.stringify(name)).join(', ')}${hint}`
  throw new HttpProblem({
    code: 'invalid_request',
    detail: `?until: ${message}`,
    issues: [{ pointer: '?until', message }],
  })
}
