import type { DesiredState } from '@landlord/api-contract'

/** A desired state with an open operation. */
export type Work = DesiredState & { readonly operation: NonNullable<DesiredState['operation']> }

/**
 * Where the reconciliation of one operation has got to. Plain JSON, kept by the workflow engine between two steps. It saves
 * work and is never the truth: without it the operation starts again, and every call of a provider can be repeated.
 */
export interface Cursor {
  readonly operationId: string
  readonly generation: number
  /** `apply` calls the provider, `recreate` provisions because an update found nothing, `watch` waits for it to settle. */
  readonly phase: 'apply' | 'recreate' | 'watch'
  /** Looks since the provider was last asked to change something; they set the pace. */
  readonly looks: number
  /** Calls that failed and may be repeated, since the operation began. */
  readonly attempts: number
  /** The same, in a row. */
  readonly failures: number
  /** When the server last heard of a call of the provider, in milliseconds since the epoch; 0 before the first. */
  readonly reportedAt: number
  /** The message of that report. */
  readonly message?: string
  /** When the next step is due, in milliseconds since the epoch; until then a trigger leaves the work to the timer. */
  readonly dueAt?: number
  /** The last error, for the message that a deadline ends with. */
  readonly lastError?: string
}

export function startCursor(work: Work): Cursor {
  return {
    operationId: work.operation.id,
    generation: work.generation,
    phase: 'apply',
    looks: 0,
    attempts: work.operation.attempts,
    failures: 0,
    reportedAt: 0,
  }
}

/** For the timer itself: it acts, whatever this machine's clock says. */
export function due(cursor: Cursor): Cursor {
  const { dueAt: _, ...rest } = cursor
  return rest
}

/** After a call that worked: the errors before it no longer count. */
export function recovered(cursor: Cursor): Cursor {
  const { lastError: _, ...rest } = cursor
  return { ...rest, failures: 0 }
}
