import type { AdoptTenantRequest } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database } from '../store/database.ts'
import { insertTenant } from '../store/tenant-store.ts'
import type { Accepted } from '../tenants/accepted.ts'
import type { Actor } from '../tenants/actor.ts'
import { describeCreation } from '../tenants/describe-creation.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { insertNewOperation } from '../tenants/start-operation.ts'
import type { TenantDeps } from '../tenants/tenant-deps.ts'
import type { DraftedAdoption } from './plan-adoption.ts'

/** Throws `HttpProblem` when what runs, or what is asked for, is no longer what the plan was made of. */
export function checkPlanId({ plan_id: planId }: AdoptTenantRequest, { shown }: DraftedAdoption): void {
  if (planId === shown.plan_id) return
  throw new HttpProblem({
    code: 'precondition_failed',
    detail: `what adopting ${shown.resource.name} comes to has changed since the plan was made; make a new plan and look at it`,
  })
}

/** Accepts an adoption as planned: a tenant whose first operation takes over what runs. */
export async function adoptTenant(
  tx: Transaction<Database>,
  deps: TenantDeps,
  { tenant, shown }: DraftedAdoption,
  actor: Actor,
): Promise<Accepted> {
  if (!(await insertTenant(tx, tenant))) {
    throw new HttpProblem({ code: 'conflict', detail: `there is a tenant ${tenant.name} already; choose another name` })
  }
  await insertNewOperation(tx, deps, tenant, { kind: 'adopt', actor, now: deps.now() })
  await recordEvent(tx, {
    type: 'tenant.created',
    tenant,
    ...(tenant.operationId === undefined ? {} : { operationId: tenant.operationId }),
    actor,
    at: tenant.createdAt,
    data: { kind: 'adopt', resource: shown.resource, ...describeCreation(deps.registry, tenant) },
  })
  return { tenant, outcome: 'created' }
}
