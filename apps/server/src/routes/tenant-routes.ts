import type { routes } from '@landlord/api-contract'
import { checkIfMatch, etagOf } from '../http/etag.ts'
import type { HandlerInput, Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { actOnTenant, type TenantAction } from '../tenants/act-on-tenant.ts'
import { patchDesired, replaceDesired } from '../tenants/change-tenant.ts'
import { createTenant } from '../tenants/create-tenant.ts'
import { requireTenant } from '../tenants/find-tenant.ts'
import { toTenant } from '../tenants/to-tenant.ts'
import { adoptRoute } from './adopt-route.ts'
import { listTenantsRoute } from './list-tenants-route.ts'
import { waitRoute } from './wait-route.ts'
import { type WriteAnswer, writeTenant } from './write-tenant.ts'

type TenantRoute =
  | 'createTenant'
  | 'adoptTenant'
  | 'listTenants'
  | 'getTenant'
  | 'waitForTenant'
  | 'replaceTenant'
  | 'patchTenant'
  | 'deleteTenant'
  | 'archiveTenant'
  | 'reconcileTenant'
  | 'retryTenant'
  | 'suspendTenant'
  | 'resumeTenant'
  | 'restartTenant'
  | 'pauseTenant'
  | 'unpauseTenant'

export function tenantRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, TenantRoute> {
  const act = (action: TenantAction) => actionRoute(deps, action)
  const actWith = <Status extends 200 | 202>(status: Status, action: TenantAction) => {
    const route = act(action)
    return async (input: ActionInput) => ({ ...(await route(input)), status })
  }
  return {
    adoptTenant: adoptRoute(deps),
    async createTenant({ body, headers, context }) {
      const request = { context, body, idempotencyKey: headers['idempotency-key'] }
      const answer = await writeTenant(deps, request, (tx) => createTenant(tx, deps, body, context.actor))
      return answer.status === 202 ? { ...answer, status: 200 } : { ...answer, status: answer.status }
    },
    listTenants: listTenantsRoute(deps),
    async getTenant({ params, context }) {
      const tenant = await requireTenant(deps.store.db, params.tenant, context.actor)
      return { status: 200, body: toTenant(deps.registry, tenant), headers: { etag: etagOf(tenant) } }
    },
    waitForTenant: waitRoute(deps),
    async replaceTenant({ params, body, headers, context }) {
      const answer = await writeTenant(deps, { context }, async (tx) => {
        const current = await requireTenant(tx, params.tenant, context.actor)
        checkIfMatch(headers['if-match'], current)
        return await replaceDesired(tx, deps, current, { body, actor: context.actor })
      })
      return changed(answer)
    },
    async patchTenant({ params, body, headers, context }) {
      const answer = await writeTenant(deps, { context }, async (tx) => {
        const current = await requireTenant(tx, params.tenant, context.actor)
        checkIfMatch(headers['if-match'], current)
        return await patchDesired(tx, deps, current, { body, actor: context.actor })
      })
      return changed(answer)
    },
    async deleteTenant({ params, headers, context }) {
      const ifMatch = headers['if-match']
      // A request has more headers than its route knows, e.g. an idempotency key that nobody has checked.
      return await act('delete')({ params, headers: ifMatch === undefined ? {} : { 'if-match': ifMatch }, context })
    },
    archiveTenant: act('archive'),
    reconcileTenant: actWith(202, 'reconcile'),
    retryTenant: actWith(202, 'retry'),
    suspendTenant: act('suspend'),
    resumeTenant: act('resume'),
    restartTenant: actWith(202, 'restart'),
    pauseTenant: actWith(200, 'pause'),
    unpauseTenant: act('unpause'),
  }
}

type ActionInput = Pick<HandlerInput<typeof routes.archiveTenant>, 'params' | 'headers' | 'context'>

function actionRoute(deps: ServerDeps, action: TenantAction) {
  return async ({ params, headers, context }: ActionInput) => {
    const request = { context, idempotencyKey: headers['idempotency-key'] }
    const answer = await writeTenant(deps, request, async (tx) => {
      const current = await requireTenant(tx, params.tenant, context.actor)
      checkIfMatch(headers['if-match'], current)
      return await actOnTenant(tx, deps, current, { action, actor: context.actor })
    })
    return changed(answer)
  }
}

function changed(answer: WriteAnswer): WriteAnswer & { readonly status: 200 | 202 } {
  return { ...answer, status: answer.status === 202 ? 202 : 200 }
}
