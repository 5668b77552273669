import type { AdoptionPlanned, DesiredState, Failure, PlanAnswer } from '@landlord/api-contract'
import { v7 as uuidv7 } from 'uuid'
import { HttpProblem } from '../http/http-problem.ts'
import type { ServerDeps } from '../server-deps.ts'
import { deletePlan, findAnswer, insertPlan } from '../store/plan-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { toDesiredState } from '../tenants/to-desired-state.ts'
import { WorkflowError } from '../workflow/workflow-error.ts'
import type { PlanDraft } from './draft-plan.ts'

type PlanDeps = Pick<ServerDeps, 'store' | 'workflow' | 'now'>
export type Planned = Extract<PlanAnswer, { outcome: 'planned' }>

/** What the tenant's provider would do, through a worker. Throws `HttpProblem` when there is no plan. */
export async function askForPlan(deps: PlanDeps, { current, next }: PlanDraft): Promise<Planned> {
  const answer = await askWorker(deps, await toDesiredState(deps.store.db, next, current))
  if (answer.outcome === 'planned') return answer
  throw noPlan('the worker answered something else; it may be of another version')
}

/** What adopting `tenant.adopts` would come to, through a worker. Throws `HttpProblem` when there is no plan. */
export async function askForAdoption(deps: PlanDeps, tenant: StoredTenant): Promise<AdoptionPlanned> {
  const answer = await askWorker(deps, await toDesiredState(deps.store.db, tenant))
  if (answer.outcome === 'adoption_planned') return answer
  throw noPlan('the worker answered something else; it may be of another version')
}

/** The request lies in the database while it lasts, and only its id goes through the workflow engine. */
async function askWorker(
  { store, workflow, now }: PlanDeps,
  request: DesiredState,
): Promise<Exclude<PlanAnswer, { outcome: 'failed' }>> {
  const id = uuidv7()
  await store.transaction((tx) => insertPlan(tx, { id, request, now: now() }))
  try {
    await workflow.plan(request.tenant_id, id)
    const answer = await findAnswer(store.db, id)
    if (answer === undefined) throw noPlan('the worker ended without an answer; try again')
    if (answer.outcome === 'failed') throw failed(answer.error)
    return answer
  } catch (error) {
    throw error instanceof WorkflowError ? noPlan(error.message, error) : error
  } finally {
    await store.transaction((tx) => deletePlan(tx, id))
  }
}

/** What the client can do something about; anything else may pass. */
const REFUSALS: readonly string[] = [
  'invalid_config',
  'invalid_spec',
  'unsupported_specification',
  'capability_unsupported',
  'secret_unavailable',
]

function failed({ code, message }: Failure): HttpProblem {
  if (REFUSALS.includes(code)) return new HttpProblem({ code: 'invalid_config', detail: message })
  if (code === 'conflict') return new HttpProblem({ code: 'conflict', detail: message })
  return noPlan(`the provider could not tell (${code}): ${message}`)
}

function noPlan(why: string, cause?: unknown): HttpProblem {
  return new HttpProblem({ code: 'unavailable', detail: `there is no plan: ${why}`, cause })
}
