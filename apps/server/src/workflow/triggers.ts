import type { ReconcileRequest } from '@landlord/api-contract'
import type { Logger } from '@landlord/compute-core'
import pLimit from 'p-limit'
import type { Store } from '../store/open-store.ts'
import { type DueOperation, updateOperation } from '../store/operation-store.ts'
import type { WorkflowClient } from './workflow-client.ts'
import { WorkflowError } from './workflow-error.ts'

export interface Triggers {
  /** Sends in the background. What fails is left to the sweep. */
  send(operation: DueOperation, request?: ReconcileRequest): void
  /** Resolves when everything under way has been answered; what still queues is left to the sweep. */
  drain(): Promise<void>
  /** Sends under way or queued. */
  readonly size: number
}

export interface TriggerDeps {
  /** Joins the commits of the requests under way. */
  readonly transaction: Store['transaction']
  readonly workflow: Pick<WorkflowClient, 'send'>
  readonly now: () => Date
  readonly logger: Logger
  readonly onSent: () => void
  readonly onFailure: (reason: WorkflowError['reason']) => void
}

const MAX_CONCURRENT_SENDS = 16
// A queue beyond this means that the engine is down: the sweep has the rest in the database.
const MAX_QUEUED_SENDS = 5_000
/** After an engine that does not answer, sends are left to the sweep for so long: a queue of time-outs helps nobody. */
const PAUSE_AFTER_UNREACHABLE_MS = 1_000

/** Tells the worker of new operations, after the commit and outside the answer. */
export function createTriggers(deps: TriggerDeps): Triggers {
  const limit = pLimit(MAX_CONCURRENT_SENDS)
  const running = new Set<Promise<void>>()
  let pausedUntil = 0

  async function deliver(operation: DueOperation, request: ReconcileRequest): Promise<void> {
    if (deps.now().getTime() < pausedUntil) return await leaveToSweep(operation)
    try {
      await deps.workflow.send(operation.tenant_id, `${operation.id}-${operation.trigger_count}`, request)
    } catch (error) {
      const reason = error instanceof WorkflowError ? error.reason : 'refused'
      if (reason === 'unreachable') pausedUntil = deps.now().getTime() + PAUSE_AFTER_UNREACHABLE_MS
      deps.onFailure(reason)
      const message = error instanceof Error ? error.message : String(error)
      deps.logger.warn(
        { operation_id: operation.id, tenant_id: operation.tenant_id, reason, error: message },
        'trigger not delivered; the sweep sends it again',
      )
      return await leaveToSweep(operation)
    }
    deps.onSent()
    await note(operation, deps.now().toISOString())
  }

  // Operations that never reached the engine are swept soon; one that did before would wait until it looks stale.
  async function leaveToSweep(operation: DueOperation): Promise<void> {
    if (operation.trigger_count > 0) await note(operation, null)
  }

  function note(operation: DueOperation, triggeredAt: string | null): Promise<void> {
    return deps.transaction((tx) => updateOperation(tx, operation.id, { triggered_at: triggeredAt }))
  }

  // Nobody waits for a send, so nothing may be thrown from it: the process would end.
  function logUnnoted(operation: DueOperation, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    deps.logger.warn(
      { operation_id: operation.id, tenant_id: operation.tenant_id, error: message },
      'what became of a trigger was not noted; the sweep may send it again',
    )
  }

  return {
    send(operation, request = {}) {
      if (running.size >= MAX_QUEUED_SENDS) return
      const sent = limit(() => deliver(operation, request))
        .catch((error: unknown) => logUnnoted(operation, error))
        .finally(() => running.delete(sent))
      running.add(sent)
    },
    async drain() {
      limit.clearQueue()
      await Promise.allSettled([...running].slice(0, MAX_CONCURRENT_SENDS))
    },
    get size() {
      return running.size
    },
  }
}
