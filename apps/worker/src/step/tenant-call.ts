import type { DesiredState } from '@landlord/api-contract'
import type { JsonObject, OperationOptions, TenantComputeSpec, TenantRef } from '@landlord/compute-core'
import type { Step } from './step.ts'

export function optionsOf({ deps, work }: Pick<Step, 'deps' | 'work'>, signal: AbortSignal): OperationOptions {
  const { logger, now } = deps
  const resolveSecret = deps.secretsOf(work.tenant_id)
  return { signal, logger, resolveSecret, operationId: work.operation.id, generation: work.generation, now }
}

export function tenantRefOf(desired: DesiredState): TenantRef {
  return {
    tenantId: desired.tenant_id,
    providerConfig: toJsonObject(desired.applied_config),
    resourceIds: desired.resource_ids,
  }
}

/** What is asked for. */
export function specOf(desired: DesiredState): TenantComputeSpec {
  const { secrets = [] } = desired
  return {
    tenantId: desired.tenant_id,
    providerType: desired.provider,
    containers: [],
    labels: desired.labels,
    ...(secrets.length === 0
      ? {}
      : { secrets: secrets.map(({ name, value_from: valueFrom }) => ({ name, valueFrom })) }),
    providerConfig: toJsonObject(desired.config),
    ...(desired.suspended === true ? { suspended: true } : {}),
    ...(desired.restart_token === undefined ? {} : { restartToken: desired.restart_token }),
  }
}

// What came off the wire as JSON is JSON; only the schema's type says less.
function toJsonObject(record: Record<string, unknown>): JsonObject {
  return record as JsonObject
}
