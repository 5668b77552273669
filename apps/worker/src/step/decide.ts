import type { DesiredState, Failure } from '@landlord/api-contract'
import { type Cursor, startCursor, type Work } from './cursor.ts'
import { FAILURE_CODES } from './failure-codes.ts'

export type ProviderAction = 'adopt' | 'provision' | 'update' | 'destroy' | 'look'

/** What a step does: nothing, nothing yet, give up, or one call of the provider. */
export type Decision =
  | { readonly action: 'rest' }
  /** The same work is under way, and its timer will come. */
  | { readonly action: 'keep_timer' }
  | { readonly action: 'give_up'; readonly work: Work; readonly cursor: Cursor; readonly failure: Failure }
  | { readonly action: ProviderAction; readonly work: Work; readonly cursor: Cursor }

export interface DecideInput {
  /** Absent when the server does not know the tenant. */
  readonly desired: DesiredState | undefined
  readonly cursor: Cursor | undefined
  readonly now: Date
}

/** What a call has after all when the deadline passed before the first one: the time of one call, as it is by default. */
const FIRST_CALL_MS = 600_000

/** Pure. A cursor of another operation or generation counts as none: that is all that superseding takes. */
export function decide({ desired, cursor: known, now }: DecideInput): Decision {
  // The unpause triggers at once, and the deadline moves by as long as the pause was.
  if (desired === undefined || desired.paused === true || !hasOperation(desired)) return { action: 'rest' }
  const work: Work = desired
  const cursor = known !== undefined && belongsTo(known, work) ? known : startCursor(work)
  if (cursor.dueAt !== undefined && now.getTime() < cursor.dueAt) return { action: 'keep_timer' }
  if (now.getTime() < Date.parse(work.operation.deadline_at)) return { action: nextAction(work, cursor), work, cursor }
  // A call that kills its worker each time leaves no cursor behind; what it reported meanwhile the server remembers.
  const hasStarted = cursor.reportedAt > 0 || work.operation.started === true
  if (hasStarted) return { action: 'give_up', work, cursor, failure: deadlineFailure(work, cursor) }
  // It waited for a worker until its deadline. What was accepted is tried; the server moves the deadline at the first report.
  const deadlineAt = new Date(now.getTime() + FIRST_CALL_MS).toISOString()
  const begun: Work = { ...work, operation: { ...work.operation, deadline_at: deadlineAt } }
  return { action: nextAction(begun, cursor), work: begun, cursor }
}

function nextAction(work: Work, cursor: Cursor): ProviderAction {
  if (isRemoval(work)) return 'destroy'
  if (cursor.phase === 'watch') return 'look'
  // Before it is marked there is nothing that an update or a provision would find.
  if (work.adopts !== undefined && Object.keys(work.resource_ids).length === 0) return 'adopt'
  if (cursor.phase === 'recreate') return 'provision'
  const isFirst = work.operation.kind === 'provision' && Object.keys(work.resource_ids).length === 0
  return isFirst ? 'provision' : 'update'
}

export function isRemoval(work: Work): boolean {
  return work.operation.kind === 'archive' || work.operation.kind === 'delete'
}

function hasOperation(desired: DesiredState): desired is Work {
  return desired.operation !== undefined
}

function belongsTo(cursor: Cursor, work: Work): boolean {
  return cursor.operationId === work.operation.id && cursor.generation === work.generation
}

function deadlineFailure(work: Work, cursor: Cursor): Failure {
  const last = cursor.lastError ?? cursor.message ?? 'the provider was not heard of'
  return {
    code: FAILURE_CODES.deadline,
    message: `${work.operation.kind} did not finish by its deadline, ${work.operation.deadline_at}; last: ${last}`,
    retryable: true,
    instance_usable: false,
  }
}
