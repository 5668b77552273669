import type { OperationKind } from '@landlord/api-contract'
import type { OperationRow } from '../store/database.ts'

/** An operation that is over: for metrics and traces, told after the commit, as a transaction may run twice. */
export interface FinishedOperation {
  readonly id: string
  readonly tenantId: string
  readonly kind: OperationKind
  readonly provider: string
  readonly outcome: 'succeeded' | 'failed' | 'superseded'
  /** Of the error that it failed with. */
  readonly code?: string
  readonly createdAt: string
  readonly finishedAt: string
  readonly attempts: number
  /** W3C `traceparent` of the request that asked for it. */
  readonly traceParent?: string
}

export function finishedOperation(
  row: OperationRow,
  provider: string,
  { outcome, finishedAt, code }: Pick<FinishedOperation, 'outcome' | 'finishedAt' | 'code'>,
): FinishedOperation {
  return {
    id: row.id,
    tenantId: row.tenant_id,
    kind: row.kind as OperationKind,
    provider,
    outcome,
    createdAt: row.created_at,
    finishedAt,
    attempts: row.attempts,
    ...(code === undefined ? {} : { code }),
    ...(row.trace_parent === null ? {} : { traceParent: row.trace_parent }),
  }
}
