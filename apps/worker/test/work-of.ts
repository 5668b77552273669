import type { DesiredState, OperationKind } from '@landlord/api-contract'
import type { ComputeStatus } from '@landlord/compute-core'
import { type Cursor, startCursor, type Work } from '../src/step/cursor.ts'

/** Ten minutes before the deadline of `workOf`. */
export const NOW = new Date('2026-01-01T00:00:00.000Z')

/** A desired state with an open operation of `kind`. */
export function workOf(kind: OperationKind, over: Partial<DesiredState> = {}): Work {
  const operation = { id: 'op-1', kind, deadline_at: '2026-01-01T00:10:00.000Z', attempts: 0 }
  return {
    tenant_id: 'acme',
    tenant_name: 'acme',
    provider: 'mock',
    generation: 1,
    config: { image: 'b' },
    applied_config: { image: 'a' },
    resource_ids: {},
    labels: {},
    ...over,
    operation: over.operation ?? operation,
  }
}

export function cursorOf(work: Work, over: Partial<Cursor> = {}): Cursor {
  return { ...startCursor(work), ...over }
}

export function statusOf(over: Partial<ComputeStatus> = {}): ComputeStatus {
  return {
    state: 'running',
    health: 'healthy',
    containers: [],
    lastUpdated: NOW.toISOString(),
    metadata: {},
    settled: true,
    endpoints: [],
    resourceIds: { service: 's-1' },
    ...over,
  }
}
