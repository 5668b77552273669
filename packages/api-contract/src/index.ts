export { ApiError } from './api-error.ts'
export { ConnectionError } from './connection-error.ts'
export {
  type ClientOf,
  createClient,
  createWorkerClient,
  type LandlordClient,
  type RouteInput,
  type RouteOutput,
  type WorkerClient,
} from './create-client.ts'
export { createStreams, type LandlordStreams } from './create-streams.ts'
export type { RouteDefinition } from './route-definition.ts'
export { routes } from './routes.ts'
export {
  ApiToken,
  CreatedToken,
  CreateTokenRequest,
  ListTokensQuery,
  type RouteAccess,
  SCOPES,
  Scope,
  TokenList,
} from './schemas/access.ts'
export { AdoptedResource, Adoption, AdoptionPlanned, AdoptTenantRequest } from './schemas/adoption.ts'
export { ComputeConfigResponse, ComputeStatusResponse, ProviderInfo, ProviderList } from './schemas/compute.ts'
export {
  CHECK_UP_HANDLER,
  type CheckUp,
  Diagnosis,
  DiagnosisCheck,
  DiagnosisQuery,
  HeartbeatReceipt,
  StuckOperation,
  WORKER_SERVICE,
  WorkerHeartbeat,
} from './schemas/diagnosis.ts'
export {
  DRIFT_POINTER_PATTERN,
  DRIFT_POLICIES,
  DRIFT_REASONS,
  Drift,
  DriftBrake,
  DriftedTenant,
  DriftIgnore,
  DriftPolicy,
  DriftQuery,
  DriftReason,
  DriftReport,
} from './schemas/drift.ts'
export { EVENT_TYPES, Event, EventList, EventsQuery, type EventType, PageQuery } from './schemas/event.ts'
export { EVENT_CATALOG, type EventData, type TypedEvent } from './schemas/event-catalog.ts'
export { Health, Readiness } from './schemas/health.ts'
export { LogLine, LogLines, LogsQuery } from './schemas/logs.ts'
export { Annotations, LABEL_KEY_PATTERN, Labels, TENANT_NAME_PATTERN, TenantName } from './schemas/names.ts'
export {
  CHANGE_EFFECTS,
  Change,
  ChangeEffect,
  Failure,
  OPEN_OPERATION_STATES,
  OPERATION_KINDS,
  OPERATION_STATES,
  Operation,
  OperationKind,
  OperationList,
  OperationState,
} from './schemas/operation.ts'
export {
  ListOrphansQuery,
  ORPHAN_REASONS,
  ORPHAN_SCAN_STATES,
  Orphan,
  OrphanList,
  OrphanReason,
  OrphanResource,
  OrphanScan,
  OrphanScanList,
} from './schemas/orphan.ts'
export {
  ORPHAN_SCAN_HANDLER,
  ORPHAN_SCAN_OBJECT,
  OrphanScanReport,
  type OrphanScanRequest,
  OWNED_RESOURCES_PER_REPORT,
  type OwnedResourceReport,
} from './schemas/orphan-protocol.ts'
export { PLAN_ACTIONS, Plan, PlanQuery } from './schemas/plan.ts'
export { PROBLEMS, Problem, type ProblemCode, ProblemIssue } from './schemas/problem.ts'
export { TenantSecret, TenantSecrets } from './schemas/secret.ts'
export {
  CreateTenantRequest,
  EndpointSchema,
  ListTenantsQuery,
  PatchTenantRequest,
  ReplaceTenantRequest,
  SETTLED_STATUSES,
  TENANT_SORTS,
  TENANT_STATUSES,
  Tenant,
  TenantList,
  TenantStatus,
  WAIT_CONDITIONS,
  WaitQuery,
  WORKFLOW_SUB_STATES,
  WorkflowSubState,
} from './schemas/tenant.ts'
export { EXPIRY_ACTIONS, ExpiryAction } from './schemas/tenant-options.ts'
export {
  CreateWebhookRequest,
  DELIVERY_STATES,
  DeliveriesQuery,
  Delivery,
  DeliveryAttempt,
  DeliveryList,
  PatchWebhookRequest,
  RotateSecretRequest,
  WEBHOOK_DISABLED_REASONS,
  Webhook,
  WebhookList,
  WebhookWithSecret,
} from './schemas/webhook.ts'
export { OBSERVE_HANDLER, type ObserveRequest, WorkerObservation } from './schemas/worker-observation.ts'
export {
  DesiredState,
  Installation,
  type LiveStatusResult,
  PLAN_HANDLER,
  PlanAnswer,
  type PlanHandlerRequest,
  RECONCILE_HANDLER,
  type ReconcileRequest,
  ReportReceipt,
  STATUS_HANDLER,
  TENANT_OBJECT,
  WORKER_LOGS_PATH,
  WORKER_PROTOCOL_HEADER,
  type WorkerLogItem,
  WorkerReport,
} from './schemas/worker-protocol.ts'
export type { ClientOptions } from './send-request.ts'
export { isSignedForWorker, signWorkerRequest, WORKER_SIGNATURE_HEADER } from './sign-worker-request.ts'
export { workerRoutes } from './worker-routes.ts'
