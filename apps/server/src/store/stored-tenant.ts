import type {
  Drift,
  DriftPolicy,
  EndpointSchema,
  ExpiryAction,
  Failure,
  OperationKind,
  TenantSecret,
  TenantStatus,
  WorkflowSubState,
} from '@landlord/api-contract'
import type { JsonObject } from '@landlord/compute-core'
import type { TenantOptions } from '../tenants/tenant-options.ts'
import type { TenantDocumentsRow, TenantObservationRow, TenantRow } from './database.ts'

/** A tenant as the server works with it; secrets included, so it is never answered or logged as it is. */
export interface StoredTenant {
  readonly id: string
  readonly name: string
  readonly status: TenantStatus
  readonly statusMessage?: string
  readonly provider: string
  readonly computeConfig: JsonObject
  readonly desiredConfig: JsonObject
  readonly appliedConfig?: JsonObject
  readonly observedConfig?: JsonObject
  /** References; their order means nothing. */
  readonly secrets: readonly TenantSecret[]
  readonly resourceIds: Readonly<Record<string, string>>
  /** The operation that saved `resourceIds`; absent before the first. */
  readonly resourceOperationId?: string
  readonly endpoints: readonly EndpointSchema[]
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly version: number
  readonly generation: number
  readonly observedGeneration: number
  readonly live: boolean
  readonly failedOperation?: OperationKind
  readonly failure?: Failure
  readonly operationId?: string
  readonly workflowSubState?: WorkflowSubState
  readonly workflowRetryCount: number
  readonly workflowErrorMessage?: string
  readonly nextRetryAt?: string
  readonly createdAt: string
  readonly updatedAt: string
  readonly options: TenantOptions
  /** When it was last seen. Not saved with the tenant, and so is its drift. */
  readonly observedAt?: string
  readonly drift?: Drift
  /** When its expiry needs attention next; absent when there is nothing left to do. */
  readonly expiryDueAt?: string
  /** It is meant to be stopped. */
  readonly suspended: boolean
  readonly restartToken?: string
  /** Absent while it is not paused. */
  readonly pausedAt?: string
  /** What runs already and it is still to take over, in the provider's terms. */
  readonly adopts?: string
}

/** What is read of an observation together with its tenant; all null where there was none. */
export type ObservedColumns = {
  readonly [Key in 'observed_at' | 'drift' | 'heals' | 'heal_stopped_at']: TenantObservationRow[Key] | null
}

export function fromTenantRow(row: TenantRow & TenantDocumentsRow & ObservedColumns): StoredTenant {
  return {
    id: row.id,
    name: row.name,
    status: row.status as TenantStatus,
    provider: row.provider,
    computeConfig: JSON.parse(row.compute_config),
    desiredConfig: JSON.parse(row.desired_config),
    secrets: JSON.parse(row.secrets),
    resourceIds: JSON.parse(row.resource_ids),
    endpoints: JSON.parse(row.endpoints),
    labels: JSON.parse(row.labels),
    annotations: JSON.parse(row.annotations),
    version: row.version,
    generation: row.generation,
    observedGeneration: row.observed_generation,
    live: row.live === 1,
    workflowRetryCount: row.workflow_retry_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    options: fromOptionColumns(row),
    suspended: row.suspended === 1,
    ...optional('observedAt', row.observed_at),
    ...optional('drift', fromObservedColumns(row)),
    ...optional('expiryDueAt', row.expiry_due_at),
    ...optional('restartToken', row.restart_token),
    ...optional('pausedAt', row.paused_at),
    ...optional('adopts', row.adopts),
    ...optional('statusMessage', row.status_message),
    ...optional('appliedConfig', parsed<JsonObject>(row.applied_config)),
    ...optional('observedConfig', parsed<JsonObject>(row.observed_config)),
    ...optional('failedOperation', row.failed_operation as OperationKind | null),
    ...optional('failure', parsed<Failure>(row.failure)),
    ...optional('operationId', row.operation_id),
    ...optional('resourceOperationId', row.resource_operation_id),
    ...optional('workflowSubState', row.workflow_sub_state as WorkflowSubState | null),
    ...optional('workflowErrorMessage', row.workflow_error_message),
    ...optional('nextRetryAt', row.next_retry_at),
  }
}

export function toTenantRow(tenant: StoredTenant): TenantRow {
  return {
    id: tenant.id,
    name: tenant.name,
    status: tenant.status,
    status_message: tenant.statusMessage ?? null,
    provider: tenant.provider,
    resource_ids: JSON.stringify(tenant.resourceIds),
    resource_operation_id: tenant.resourceOperationId ?? null,
    endpoints: JSON.stringify(tenant.endpoints),
    labels: JSON.stringify(tenant.labels),
    version: tenant.version,
    generation: tenant.generation,
    observed_generation: tenant.observedGeneration,
    live: tenant.live ? 1 : 0,
    failed_operation: tenant.failedOperation ?? null,
    failure: json(tenant.failure),
    operation_id: tenant.operationId ?? null,
    workflow_sub_state: tenant.workflowSubState ?? null,
    workflow_retry_count: tenant.workflowRetryCount,
    workflow_error_message: tenant.workflowErrorMessage ?? null,
    next_retry_at: tenant.nextRetryAt ?? null,
    created_at: tenant.createdAt,
    updated_at: tenant.updatedAt,
    suspended: tenant.suspended ? 1 : 0,
    restart_token: tenant.restartToken ?? null,
    paused_at: tenant.pausedAt ?? null,
    adopts: tenant.adopts ?? null,
    ...toOptionColumns(tenant.options),
    expiry_due_at: tenant.expiryDueAt ?? null,
  }
}

/** A drift as it was detected, with what was done about it. */
export function fromObservedColumns({ drift, heals, heal_stopped_at }: ObservedColumns): Drift | null {
  if (drift === null) return null
  const attempts = JSON.parse(heals ?? '[]') as string[]
  const last = attempts.at(-1)
  if (last === undefined) return JSON.parse(drift) as Drift
  const healing = {
    attempts: attempts.length,
    last_attempt_at: last,
    ...(heal_stopped_at === null ? {} : { stopped_at: heal_stopped_at }),
  }
  return { ...(JSON.parse(drift) as Drift), healing }
}

function fromOptionColumns(row: TenantRow): TenantOptions {
  return {
    deletionProtection: row.deletion_protection === 1,
    expiryAction: row.expiry_action as ExpiryAction,
    driftPolicy: row.drift_policy as DriftPolicy,
    driftIgnore: JSON.parse(row.drift_ignore),
    ...optional('expiresAt', row.expires_at),
    ...optional('ttlSeconds', row.ttl_seconds),
  }
}

function toOptionColumns(options: TenantOptions) {
  const { deletionProtection, expiresAt, ttlSeconds, expiryAction, driftPolicy, driftIgnore } = options
  return {
    deletion_protection: deletionProtection ? 1 : 0,
    expires_at: expiresAt ?? null,
    ttl_seconds: ttlSeconds ?? null,
    expiry_action: expiryAction,
    drift_policy: driftPolicy,
    drift_ignore: JSON.stringify(driftIgnore),
  }
}

export function toDocumentsRow(tenant: StoredTenant): TenantDocumentsRow {
  return {
    tenant_id: tenant.id,
    compute_config: JSON.stringify(tenant.computeConfig),
    desired_config: JSON.stringify(tenant.desiredConfig),
    applied_config: json(tenant.appliedConfig),
    observed_config: json(tenant.observedConfig),
    annotations: JSON.stringify(tenant.annotations),
    secrets: JSON.stringify(tenant.secrets),
  }
}

function optional<Key extends string, Value>(key: Key, value: Value | null): { readonly [K in Key]?: Value } {
  return (value === null ? {} : { [key]: value }) as { readonly [K in Key]?: Value }
}

function parsed<Value>(text: string | null): Value | null {
  return text === null ? null : (JSON.parse(text) as Value)
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
