import type { routes } from '@landlord/api-contract'
import { adoptTenant, checkPlanId } from '../adoption/adopt-tenant.ts'
import { planAdoption } from '../adoption/plan-adoption.ts'
import type { Handler } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { writeTenant } from './write-tenant.ts'

/** Without a `plan_id` a look and nothing more; with one a second look, and then what the first one said. */
export function adoptRoute(deps: ServerDeps): Handler<typeof routes.adoptTenant> {
  return async ({ body, headers, context }) => {
    const [looked] = await Promise.allSettled([planAdoption(deps, body, context.actor)])
    if (body.plan_id === undefined) {
      if (looked.status === 'rejected') throw looked.reason
      return { status: 200, body: looked.value.shown }
    }
    const request = { context, body, idempotencyKey: headers['idempotency-key'] }
    const answer = await writeTenant(deps, request, async (tx) => {
      // Only here: the same request once more gets the answer of the first, whose tenant has the name by now.
      if (looked.status === 'rejected') throw looked.reason
      checkPlanId(body, looked.value)
      return await adoptTenant(tx, deps, looked.value, context.actor)
    })
    return { ...answer, status: 201 }
  }
}
