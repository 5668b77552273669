import type { DesiredState } from '@landlord/api-contract'
import type { JsonObject, OperationOptions, TenantComputeSpec, TenantRef } from '@landlord/compute-core'
import type { Work } from './cursor.ts'
import type { Step } from './step.ts'

export function optionsOf({ deps, work }: Pick<Step, 'deps' | 'work'>, signal: AbortSignal): OperationOptions {
  const { logger, now } = deps
  return { signal, logger, operationId: work.operation.id, generation: work.generation, now }
}

export function tenantRefOf(desired: DesiredState): TenantRef {
  return {
    tenantId: desired.tenant_id,
    providerConfig: toJsonObject(desired.applied_config),
    resourceIds: desired.resource_ids,
  }
}

/** What the operation asks for. */
export function specOf(work: Work): TenantComputeSpec {
  return {
    tenantId: work.tenant_id,
    providerType: work.provider,
    containers: [],
    labels: work.labels,
    providerConfig: toJsonObject(work.config),
    ...(work.suspended === true ? { suspended: true } : {}),
    ...(work.restart_token === undefined ? {} : { restartToken: work.restart_token }),
  }
}

// What came off the wire as JSON is JSON; only the schema's type says less.
function toJsonObject(record: Record<string, unknown>): JsonObject {
  return record as JsonObject
}
