import type { ServerDeps } from '../server-deps.ts'
import type { FinishedOperation } from '../tenants/finished-operation.ts'

/** Measures an operation that is over and completes its trace. After the commit. */
export function observeEnd(
  { metrics, tracer }: Pick<ServerDeps, 'metrics' | 'tracer'>,
  ended: FinishedOperation,
): void {
  metrics?.observeEnd(ended)
  tracer.recordOperation(ended, {
    name: `operation ${ended.kind}`,
    startedAt: new Date(ended.createdAt),
    endedAt: new Date(ended.finishedAt),
    attributes: {
      'landlord.operation_id': ended.id,
      'landlord.tenant_id': ended.tenantId,
      'landlord.provider': ended.provider,
      'landlord.operation.kind': ended.kind,
      'landlord.operation.outcome': ended.outcome,
      'landlord.operation.attempts': ended.attempts,
    },
    error: ended.outcome === 'failed' ? (ended.code ?? 'failed') : undefined,
  })
}
