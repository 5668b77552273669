import { type Plan, ReplaceTenantRequest, type routes } from '@landlord/api-contract'
import { checkIfMatch, etagOf } from '../http/etag.ts'
import { createReadBody } from '../http/read-request.ts'
import type { HandlerInput, Handlers } from '../http/register-routes.ts'
import { askForPlan } from '../plan/ask-for-plan.ts'
import { draftChange, draftCreation, draftReconciliation, type PlanDraft } from '../plan/draft-plan.ts'
import { planFromRecord, toPlan } from '../plan/to-plan.ts'
import type { ServerDeps } from '../server-deps.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantByName } from '../store/tenant-store.ts'
import { requireTenant } from '../tenants/find-tenant.ts'
import { intendPatch, intendReplacement } from '../tenants/intend-change.ts'

type PlanRoute = 'planCreation' | 'planChange'
type ChangeInput = HandlerInput<typeof routes.planChange>

/** The same decisions and refusals as the writes, without the writing. */
export function planRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, PlanRoute> {
  const readReplacement = createReadBody(ReplaceTenantRequest)
  return {
    async planCreation({ body, context }) {
      const existing = await findTenantByName(deps.store.db, body.name)
      const draft = draftCreation(deps, { body, existing, actor: context.actor })
      return { status: 200, body: await makePlan(deps, draft) }
    },
    async planChange(input) {
      const current = await requireTenant(deps.store.db, input.params.tenant, input.context.actor)
      checkIfMatch(input.headers['if-match'], current)
      const body = await makePlan(deps, draftOf(current, input))
      return { status: 200, body, headers: { etag: etagOf(current) } }
    },
  }

  function draftOf(current: StoredTenant, { body, query, context: { actor } }: ChangeInput): PlanDraft {
    if (body === undefined) return draftReconciliation(current)
    const intent =
      query.merge === true
        ? intendPatch(deps, current, { body, actor })
        : intendReplacement(deps, current, { body: readReplacement(body), actor })
    return draftChange(current, intent)
  }
}

async function makePlan(deps: ServerDeps, draft: PlanDraft): Promise<Plan> {
  if (!draft.reachesCompute) return toPlan(draft)
  const { capabilities } = deps.registry.get(draft.next.provider)
  const planned = capabilities.plan ? await askForPlan(deps, draft) : planFromRecord(deps.registry, draft)
  return toPlan(draft, { ...planned, capabilities })
}
