import type { TSchema } from 'typebox'
import {
  IdempotencyHeaders,
  IfMatchHeaders,
  idParams,
  StreamHeaders,
  tenantParams,
  WriteHeaders,
} from './route-parts.ts'
import type { RouteAccess } from './schemas/access.ts'
import { Adoption, AdoptTenantRequest } from './schemas/adoption.ts'
import { ComputeConfigQuery, ComputeConfigResponse, ComputeStatusResponse, ProviderList } from './schemas/compute.ts'
import { DriftBrake, DriftQuery, DriftReport } from './schemas/drift.ts'
import { Event, EventList, EventsQuery, PageQuery } from './schemas/event.ts'
import { Health, Readiness } from './schemas/health.ts'
import { Operation, OperationList } from './schemas/operation.ts'
import { ListOrphansQuery, OrphanList, OrphanScanList, ScanOrphansQuery } from './schemas/orphan.ts'
import { OrphanScanReport } from './schemas/orphan-protocol.ts'
import { Plan, PlanQuery } from './schemas/plan.ts'
import {
  CreateTenantRequest,
  ListTenantsQuery,
  PatchTenantRequest,
  ReplaceTenantRequest,
  Tenant,
  TenantList,
  WaitQuery,
} from './schemas/tenant.ts'
import { WorkerObservation } from './schemas/worker-observation.ts'
import {
  DesiredState,
  Installation,
  PlanAnswer,
  PlanReceipt,
  ReportReceipt,
  WorkerReport,
} from './schemas/worker-protocol.ts'

export interface RouteDefinition {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters. */
  readonly path: string
  readonly summary: string
  readonly tag: 'tenants' | 'operations' | 'events' | 'webhooks' | 'drift' | 'compute' | 'orphans' | 'system' | 'worker'
  readonly access: RouteAccess
  /** It shows or changes what belongs to no tenant: refused to whoever is limited to some tenants by a label selector. */
  readonly installationWide?: true
  readonly params?: TSchema
  readonly query?: TSchema
  readonly headers?: TSchema
  readonly body?: TSchema
  /** A request without a body has a meaning of its own. */
  readonly bodyIsOptional?: true
  /** Successful answers by status; every other answer is a problem. */
  readonly responses: Readonly<Record<number, TSchema>>
  /** One message's data, where the route also answers with `text/event-stream`. */
  readonly stream?: TSchema
}

const action = <const Path extends string>(path: Path, summary: string) =>
  ({
    method: 'POST',
    path,
    summary,
    tag: 'tenants',
    access: 'operate',
    params: tenantParams,
    headers: WriteHeaders,
    responses: { 200: Tenant, 202: Tenant },
  }) as const satisfies RouteDefinition

/** The HTTP API: validates requests, types the client, and makes the OpenAPI document. */
export const routes = {
  createTenant: {
    method: 'POST',
    path: '/v1/tenants',
    summary: 'Create a tenant; safe to repeat',
    tag: 'tenants',
    access: 'operate',
    headers: IdempotencyHeaders,
    body: CreateTenantRequest,
    responses: { 200: Tenant, 201: Tenant },
  },
  listTenants: {
    method: 'GET',
    path: '/v1/tenants',
    summary: 'List tenants',
    tag: 'tenants',
    access: 'read',
    query: ListTenantsQuery,
    responses: { 200: TenantList },
  },
  getTenant: {
    method: 'GET',
    path: '/v1/tenants/{tenant}',
    summary: 'Read a tenant',
    tag: 'tenants',
    access: 'read',
    params: tenantParams,
    responses: { 200: Tenant },
  },
  waitForTenant: {
    method: 'GET',
    path: '/v1/tenants/{tenant}/wait',
    summary: 'Wait until a tenant gets somewhere (long poll)',
    tag: 'tenants',
    access: 'read',
    params: tenantParams,
    query: WaitQuery,
    responses: { 200: Tenant },
  },
  replaceTenant: {
    method: 'PUT',
    path: '/v1/tenants/{tenant}',
    summary: 'Replace the desired state',
    tag: 'tenants',
    access: 'operate',
    params: tenantParams,
    headers: IfMatchHeaders,
    body: ReplaceTenantRequest,
    responses: { 200: Tenant, 202: Tenant },
  },
  patchTenant: {
    method: 'PATCH',
    path: '/v1/tenants/{tenant}',
    summary: 'Change parts of the desired state (JSON merge patch)',
    tag: 'tenants',
    access: 'operate',
    params: tenantParams,
    headers: IfMatchHeaders,
    body: PatchTenantRequest,
    responses: { 200: Tenant, 202: Tenant },
  },
  deleteTenant: {
    method: 'DELETE',
    path: '/v1/tenants/{tenant}',
    summary: 'Destroy the compute, then forget the tenant',
    tag: 'tenants',
    access: 'operate',
    params: tenantParams,
    headers: IfMatchHeaders,
    responses: { 200: Tenant, 202: Tenant },
  },
  adoptTenant: {
    method: 'POST',
    path: '/v1/tenants/adopt',
    summary: 'Take what runs already into a tenant, without a restart; without a plan_id only the plan of it',
    tag: 'tenants',
    access: 'admin',
    headers: IdempotencyHeaders,
    body: AdoptTenantRequest,
    responses: { 200: Adoption, 201: Tenant },
  },
  planCreation: {
    method: 'POST',
    path: '/v1/tenants/plan',
    summary: 'What creating a tenant would do; changes nothing',
    tag: 'tenants',
    access: 'operate',
    body: CreateTenantRequest,
    responses: { 200: Plan },
  },
  planChange: {
    method: 'POST',
    path: '/v1/tenants/{tenant}/plan',
    summary: 'What a change of a tenant would do, or without a body reconciling it; changes nothing',
    tag: 'tenants',
    access: 'operate',
    params: tenantParams,
    query: PlanQuery,
    headers: IfMatchHeaders,
    body: PatchTenantRequest,
    bodyIsOptional: true,
    responses: { 200: Plan },
  },
  archiveTenant: action('/v1/tenants/{tenant}/archive', 'Destroy the compute, keep the record'),
  reconcileTenant: action('/v1/tenants/{tenant}/reconcile', 'Apply the desired state once more, now'),
  retryTenant: action('/v1/tenants/{tenant}/retry', 'Try again what failed'),
  suspendTenant: action('/v1/tenants/{tenant}/suspend', 'Stop the compute and remember its size'),
  resumeTenant: action('/v1/tenants/{tenant}/resume', 'Bring suspended compute back'),
  restartTenant: action('/v1/tenants/{tenant}/restart', 'Replace the running copies, with the same configuration'),
  pauseTenant: action('/v1/tenants/{tenant}/pause', 'Do nothing about a tenant until it is unpaused'),
  unpauseTenant: action('/v1/tenants/{tenant}/unpause', 'Go on with a paused tenant, now'),
  getComputeStatus: {
    method: 'GET',
    path: '/v1/tenants/{tenant}/compute/status',
    summary: 'Live status from the provider',
    tag: 'compute',
    access: 'read',
    params: tenantParams,
    responses: { 200: ComputeStatusResponse },
  },
  listTenantOperations: {
    method: 'GET',
    path: '/v1/tenants/{tenant}/operations',
    summary: 'What was done to a tenant',
    tag: 'operations',
    access: 'read',
    params: tenantParams,
    query: PageQuery,
    responses: { 200: OperationList },
  },
  getOperation: {
    method: 'GET',
    path: '/v1/operations/{id}',
    summary: 'Read an operation',
    tag: 'operations',
    access: 'read',
    params: idParams,
    responses: { 200: Operation },
  },
  listTenantEvents: {
    method: 'GET',
    path: '/v1/tenants/{tenant}/events',
    summary: "A tenant's audit trail, or a live stream of it; by id also after it is gone",
    tag: 'events',
    access: 'read',
    params: tenantParams,
    query: EventsQuery,
    headers: StreamHeaders,
    responses: { 200: EventList },
    stream: Event,
  },
  listEvents: {
    method: 'GET',
    path: '/v1/events',
    summary: 'The audit trail, or a live stream of it',
    tag: 'events',
    access: 'read',
    query: EventsQuery,
    headers: StreamHeaders,
    responses: { 200: EventList },
    stream: Event,
  },
  getDrift: {
    method: 'GET',
    path: '/v1/drift',
    summary: 'What differs from its desired state, and whether it is being healed',
    tag: 'drift',
    access: 'read',
    installationWide: true,
    query: DriftQuery,
    responses: { 200: DriftReport },
  },
  releaseDriftBrake: {
    method: 'POST',
    path: '/v1/drift/brake/release',
    summary: 'Let drift be healed again',
    tag: 'drift',
    access: 'admin',
    installationWide: true,
    responses: { 200: DriftBrake },
  },
  listProviders: {
    method: 'GET',
    path: '/v1/compute/providers',
    summary: 'The configured compute providers',
    tag: 'compute',
    access: 'read',
    responses: { 200: ProviderList },
  },
  getComputeConfig: {
    method: 'GET',
    path: '/v1/compute/config',
    summary: "A provider's configuration schema and defaults",
    tag: 'compute',
    access: 'read',
    query: ComputeConfigQuery,
    responses: { 200: ComputeConfigResponse },
  },
  listOrphans: {
    method: 'GET',
    path: '/v1/orphans',
    summary: 'What carries our marks and belongs to no tenant, as the last scans found it',
    tag: 'orphans',
    access: 'admin',
    installationWide: true,
    query: ListOrphansQuery,
    responses: { 200: OrphanList },
  },
  scanOrphans: {
    method: 'POST',
    path: '/v1/orphans/scan',
    summary: 'Look for orphans, in the background; 200 when that is under way already',
    tag: 'orphans',
    access: 'admin',
    installationWide: true,
    query: ScanOrphansQuery,
    headers: IdempotencyHeaders,
    responses: { 200: OrphanScanList, 202: OrphanScanList },
  },
  deleteOrphan: {
    method: 'DELETE',
    path: '/v1/orphans/{id}',
    summary: 'Destroy an orphan: it becomes a tenant that is being deleted',
    tag: 'orphans',
    access: 'admin',
    installationWide: true,
    params: idParams,
    responses: { 202: Tenant },
  },
  getHealth: {
    method: 'GET',
    path: '/health',
    summary: 'Liveness',
    tag: 'system',
    access: 'open',
    responses: { 200: Health },
  },
  getReadiness: {
    method: 'GET',
    path: '/ready',
    summary: 'Readiness, with each dependency',
    tag: 'system',
    access: 'open',
    responses: { 200: Readiness, 503: Readiness },
  },
} as const satisfies Record<string, RouteDefinition>

/** What workers call; with a token of their own, and not part of the public document. */
export const workerRoutes = {
  getInstallation: {
    method: 'GET',
    path: '/internal/v1/installation',
    summary: "The control plane's id",
    tag: 'worker',
    access: 'worker',
    responses: { 200: Installation },
  },
  getDesiredState: {
    method: 'GET',
    path: '/internal/v1/tenants/{id}/desired',
    summary: 'What a tenant should be now',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    responses: { 200: DesiredState },
  },
  reportProgress: {
    method: 'POST',
    path: '/internal/v1/tenants/{id}/report',
    summary: 'What a step came to',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: WorkerReport,
    responses: { 200: ReportReceipt },
  },
  reportOrphanScan: {
    method: 'POST',
    path: '/internal/v1/orphan-scans/{id}/report',
    summary: 'What a scan has found',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: OrphanScanReport,
    responses: { 200: ReportReceipt },
  },
  getPlanRequest: {
    method: 'GET',
    path: '/internal/v1/plans/{id}',
    summary: 'What is to be planned',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    responses: { 200: DesiredState },
  },
  answerPlan: {
    method: 'POST',
    path: '/internal/v1/plans/{id}/answer',
    summary: 'What a plan came to',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: PlanAnswer,
    responses: { 200: PlanReceipt },
  },
  reportObservation: {
    method: 'POST',
    path: '/internal/v1/tenants/{id}/observation',
    summary: 'What a tenant looked like',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: WorkerObservation,
    responses: { 200: ReportReceipt },
  },
} as const satisfies Record<string, RouteDefinition>
