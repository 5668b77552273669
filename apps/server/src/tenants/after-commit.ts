import { observeEnd } from '../metrics/observe-end.ts'
import type { ServerDeps } from '../server-deps.ts'
import { countTrigger, findOperation } from '../store/operation-store.ts'
import type { Accepted } from './accepted.ts'

type AfterCommitDeps = Pick<ServerDeps, 'store' | 'triggers' | 'signals' | 'metrics' | 'tracer' | 'now'>

/** What follows the commit of a change: the worker is triggered, and who waits is told. */
export async function afterCommit(deps: AfterCommitDeps, { tenant, outcome, superseded }: Accepted): Promise<void> {
  if (superseded !== undefined) observeEnd(deps, superseded)
  // What is open of a paused tenant waits for the unpause.
  const operationId = tenant.pausedAt === undefined ? tenant.operationId : undefined
  if (operationId !== undefined && (outcome === 'created' || outcome === 'started')) {
    deps.triggers.send({ id: operationId, tenant_id: tenant.id, trigger_count: 0 })
  }
  if (operationId !== undefined && outcome === 'triggered') await triggerAgain(deps, operationId)
  if (outcome !== 'done' && outcome !== 'under-way') deps.signals.notify(tenant.id)
}

async function triggerAgain(deps: AfterCommitDeps, operationId: string): Promise<void> {
  const counted = await deps.store.transaction(async (tx) => {
    const operation = await findOperation(tx, operationId)
    if (operation === undefined) return undefined
    const { id, tenant_id, trigger_count } = operation
    const isCounted = await countTrigger(tx, operation, { progressed_at: deps.now().toISOString() })
    return isCounted ? { id, tenant_id, trigger_count: trigger_count + 1 } : undefined
  })
  if (counted !== undefined) deps.triggers.send(counted, { now: true })
}
