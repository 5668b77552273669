import type { Change, Failure, Operation, OperationKind, OperationState } from '@landlord/api-contract'
import { traceIdOf } from '@landlord/tracing'
import type { OperationRow } from './database.ts'

/** An operation as clients see it. */
export function toOperation(row: OperationRow): Operation {
  return {
    id: row.id,
    tenant_id: row.tenant_id,
    tenant_name: row.tenant_name,
    kind: row.kind as OperationKind,
    generation: row.generation,
    state: row.state as OperationState,
    attempts: row.attempts,
    changes: JSON.parse(row.changes) as Change[],
    created_at: row.created_at,
    deadline_at: row.deadline_at,
    ...traceOf(row),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.next_retry_at === null ? {} : { next_retry_at: row.next_retry_at }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as Failure }),
    ...(row.started_at === null ? {} : { started_at: row.started_at }),
    ...(row.finished_at === null ? {} : { finished_at: row.finished_at }),
  }
}

function traceOf({ trace_parent }: OperationRow): { trace_id?: string } {
  const traceId = traceIdOf(trace_parent ?? undefined)
  return traceId === undefined ? {} : { trace_id: traceId }
}
