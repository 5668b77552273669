import type { Generated } from 'kysely'

/**
 * The tables as both dialects know them: JSON and ISO 8601 times in text columns, truth values as 0 and 1, so that one
 * repository serves SQLite and PostgreSQL.
 */
export interface Database {
  tenants: TenantRow
  tenant_documents: TenantDocumentsRow
  tenant_labels: TenantLabelRow
  tenant_observations: TenantObservationRow
  operations: OperationRow
  events: EventTable
  idempotency_keys: IdempotencyKeyRow
  api_tokens: ApiTokenRow
  deleted_tenants: DeletedTenantRow
  deleted_tenant_labels: TenantLabelRow
  orphans: OrphanRow
  orphan_scans: OrphanScanRow
  plans: PlanRow
  meta: MetaRow
  webhooks: WebhookRow
  webhook_deliveries: DeliveryRow
  workers: WorkerRow
}

export interface TenantRow {
  id: string
  name: string
  status: string
  status_message: string | null
  provider: string
  /** JSON: the provider's handle. */
  resource_ids: string
  /** The operation that saved `resource_ids`; null before the first. Ids sort by age. */
  resource_operation_id: string | null
  endpoints: string
  labels: string
  version: number
  generation: number
  observed_generation: number
  /** 1 from the first time it is ready until it is archived: a change is then an update of a living instance. */
  live: number
  failed_operation: string | null
  failure: string | null
  /** The current or last operation. */
  operation_id: string | null
  workflow_sub_state: string | null
  workflow_retry_count: number
  workflow_error_message: string | null
  next_retry_at: string | null
  created_at: string
  updated_at: string
  /** 1 while it is meant to be stopped. */
  suspended: number
  /** Of the last restart; the target remembers it. */
  restart_token: string | null
  /** Null while it is not paused. */
  paused_at: string | null
  adopts: string | null
  deletion_protection: number
  expires_at: string | null
  ttl_seconds: number | null
  expiry_action: string
  /** When its expiry needs attention next: the warning, then the end; null when there is nothing left to do. */
  expiry_due_at: string | null
  drift_policy: string
  /** JSON: pointers into the configuration. */
  drift_ignore: string
}

/** What only the tenant itself shows. Apart from its row, so that lists and counts read little. */
export interface TenantDocumentsRow {
  tenant_id: string
  /** JSON: as the client sent it, without the keys that name the provider. Secrets included. */
  compute_config: string
  /** JSON: resolved when it was accepted. Secrets included. */
  desired_config: string
  /** JSON: the configuration of the last operation that returned a handle. */
  applied_config: string | null
  observed_config: string | null
  annotations: string
  /** JSON: names and references, never values. */
  secrets: string
}

interface TenantLabelRow {
  tenant_id: string
  key: string
  value: string
}

export interface TenantObservationRow {
  tenant_id: string
  /** When it is to be looked at next; null while nothing could be seen, e.g. archived. */
  due_at: string | null
  /** Counts the questions; part of their idempotency key. */
  slot: number
  /** When a worker was asked first without an answer since; null when it has answered. */
  asked_at: string | null
  /** When it was last seen. */
  observed_at: string | null
  /** As what the last operation settled: `running` or `stopped`; null when nobody knows. */
  expected_state: string | null
  /** JSON: the drift, without its healing; null where there is none. */
  drift: string | null
  drift_reason: string | null
  drifted_at: string | null
  /** When it last turned from good to bad. It stays when it turns good again: the brake counts it. */
  turned_bad_at: string | null
  /** JSON: the times of the last heals, oldest first. */
  heals: string
  /** The last operation that healed. */
  heal_operation_id: string | null
  /** When healing gave up on this tenant. */
  heal_stopped_at: string | null
}

export interface OperationRow {
  id: string
  tenant_id: string
  tenant_name: string
  kind: string
  generation: number
  state: string
  attempts: number
  message: string | null
  next_retry_at: string | null
  error: string | null
  changes: string
  /** JSON: what it applies, kept until a later operation succeeds: a late handle is saved together with it. */
  config: string | null
  /** JSON: the tenant as clients last saw it; only of the operation after which it was gone. */
  final_tenant: string | null
  deadline_at: string
  /** W3C `traceparent` of the request that asked for it; null where no trace is known. */
  trace_parent: string | null
  /** How often the worker was asked; part of the idempotency key. */
  trigger_count: number
  /** How often the sweep asked again since the worker last reported. */
  unanswered_count: number
  /** When the workflow engine last took a trigger; null until it does. */
  triggered_at: string | null
  /** When it last moved, was triggered, or will move by itself: the sweep leaves it alone for a while after that. */
  progressed_at: string
  created_at: string
  started_at: string | null
  /** Null while it is open. */
  finished_at: string | null
}

export interface EventTable {
  seq: Generated<number>
  type: string
  /** Empty where the event concerns no tenant, and so is its name. */
  tenant_id: string
  tenant_name: string
  /** JSON: as they were then. */
  tenant_labels: string | null
  tenant_status: string | null
  operation_id: string | null
  generation: number | null
  principal: string
  request_id: string | null
  address: string | null
  data: string
  created_at: string
}

export interface IdempotencyKeyRow {
  key: string
  /** Hash of method, path and body. */
  fingerprint: string
  /** JSON: status, headers and body of the answer; null only inside the transaction that makes it. */
  answer: string | null
  created_at: string
}

/** What one tenant has left at one provider, as scans found it. */
export interface OrphanRow {
  id: string
  provider: string
  tenant_id: string
  tenant_name: string | null
  reason: string
  /** JSON: all of its resources that scan `scan_id` has found, with what destroys them. */
  resources: string
  /** The last scan that found it. */
  scan_id: string
  found_at: string
  seen_at: string
}

/** The current or last scan of a provider. */
export interface OrphanScanRow {
  provider: string
  id: string
  /** 0 while it runs. */
  finished: number
  error: string | null
  resources: number
  /** When the last one that went through to the end did. */
  reported_at: string | null
  started_at: string
  finished_at: string | null
  /** How often the worker was asked; part of the idempotency key. */
  trigger_count: number
  /** When it was asked, or last reported. */
  progressed_at: string
}

export interface ApiTokenRow {
  id: string
  /** No two that are not revoked have the same. */
  name: string
  /** SHA-256 of the token, in hex. The token itself is kept nowhere. */
  hash: string
  scope: string
  /** Of the tenants that are there for it; empty for all. */
  selector: string
  created_by: string
  created_at: string
  /** Null for never. */
  expires_at: string | null
  /** To the minute. */
  last_used_at: string | null
  revoked_at: string | null
  revoked_by: string | null
}

/** What is left of a tenant besides its trail: by its labels is decided who may read that. */
interface DeletedTenantRow {
  id: string
}

/** A plan that a worker is asked for; gone as soon as it is answered. */
interface PlanRow {
  id: string
  /** JSON: the desired state to be planned. Secrets of the configuration included. */
  request: string
  /** JSON: what the worker said; null until it does. */
  answer: string | null
  created_at: string
}

interface MetaRow {
  key: string
  value: string
}

export interface WebhookRow {
  id: string
  url: string
  description: string | null
  /** JSON: list of types and patterns. */
  types: string
  label_selector: string | null
  enabled: number
  disabled_reason: string | null
  secret: string
  previous_secret: string | null
  previous_secret_expires_at: string | null
  /** Sequence number of the last event that was looked at for it. */
  cursor: number
  /** In a row, of the whole endpoint. */
  consecutive_failures: number
  /** Nothing is sent before. */
  paused_until: string | null
  failing_since: string | null
  last_error: string | null
  /** The server that delivers to it now; another one may when the time is up. */
  leased_by: string | null
  leased_until: string | null
  created_at: string
  updated_at: string
}

export interface DeliveryRow {
  id: string
  webhook_id: string
  event_seq: number
  event_type: string
  state: string
  attempt_count: number
  /** JSON: the last attempts. */
  attempts: string
  /** Null when nothing more is planned. */
  next_attempt_at: string | null
  /** From here the days count after which it fails. */
  retrying_since: string
  created_at: string
  finished_at: string | null
}

export interface WorkerRow {
  /** Made up by the worker at its start. */
  id: string
  /** Where the workflow engine reaches it. */
  url: string
  version: string
  node_version: string
  /** JSON: list of names. */
  providers: string
  /** Whether the workflow engine knows it: 1 or 0. */
  registered: number
  /** How far its clock is before the server's. */
  clock_skew_ms: number
  started_at: string
  seen_at: string
}
