import { type Static, Type } from 'typebox'
import { AdoptionPlanned } from './adoption.ts'
import { JsonObject, Timestamp } from './names.ts'
import { Change, Failure, OperationKind } from './operation.ts'
import { TenantSecret } from './secret.ts'
import { EndpointSchema } from './tenant.ts'

const ResourceIds = Type.Record(Type.String(), Type.String())

export const Installation = Type.Object(
  {
    installation_id: Type.String({ description: "The control plane's id, part of every ownership mark." }),
    fingerprint_key: Type.Optional(
      Type.String({ description: "Under it a worker hashes tenants' secrets. Absent in an older server." }),
    ),
  },
  { $id: 'Installation' },
)
export type Installation = Static<typeof Installation>

/** What a worker says of itself with every request, so that a newer server asks nothing of it that it does not know. */
export const WORKER_PROTOCOL_HEADER = 'landlord-worker-protocol'
/** 1 (or none) knows nothing of suspending, pausing, restarting, secrets and adoption. */
export const WORKER_PROTOCOL = 2

/** What the worker is told at the start of every step: the truth of this moment. */
export const DesiredState = Type.Object(
  {
    tenant_id: Type.String(),
    tenant_name: Type.String(),
    provider: Type.String(),
    generation: Type.Integer(),
    version: Type.Optional(Type.Integer({ description: 'Of the tenant, for an observation.' })),
    operation: Type.Optional(
      Type.Object(
        {
          id: Type.String({
            description: 'Stable across retries of the operation; idempotency tokens derive from it.',
          }),
          kind: OperationKind,
          deadline_at: Timestamp,
          attempts: Type.Integer(),
          started: Type.Optional(
            Type.Boolean({ description: 'A worker has reported of it: its deadline stands. Absent: false.' }),
          ),
          trace_parent: Type.Optional(
            Type.String({ description: 'W3C `traceparent`: what is done for the operation belongs under it.' }),
          ),
        },
        { description: 'The open operation; absent when there is nothing to do.' },
      ),
    ),
    config: Type.Record(Type.String(), Type.Unknown(), { description: 'Resolved, secrets included.' }),
    applied_config: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'The configuration of the last operation that returned a handle; before there was one, that of the first operation.',
    }),
    resource_ids: ResourceIds,
    adopts: Type.Optional(
      Type.String({ description: 'What it is to take over, in the provider’s terms, before anything else.' }),
    ),
    labels: Type.Record(Type.String(), Type.String()),
    secrets: Type.Optional(Type.Array(TenantSecret, { description: 'References. Absent: none.' })),
    suspended: Type.Optional(
      Type.Boolean({ description: 'Compute is to be stopped, with its size remembered. Absent: false.' }),
    ),
    restart_token: Type.Optional(
      Type.String({ description: 'Another one than the target remembers replaces the running copies.' }),
    ),
    paused: Type.Optional(
      Type.Boolean({ description: 'Nothing may be done until it is unpaused, whatever is open. Absent: false.' }),
    ),
  },
  { $id: 'DesiredState' },
)
export type DesiredState = Static<typeof DesiredState>

const reportFields = {
  operation_id: Type.String(),
  generation: Type.Integer(),
  resource_ids: Type.Optional(ResourceIds),
  changes: Type.Optional(Type.Array(Change)),
  message: Type.Optional(Type.String({ description: 'For people. Absent while `in_progress`: as it was.' })),
}

/** What the worker tells after a step. The server ignores what belongs to an operation that is no longer open. */
export const WorkerReport = Type.Union(
  [
    Type.Object({
      ...reportFields,
      outcome: Type.Literal('in_progress'),
      attempts: Type.Integer(),
    }),
    Type.Object({
      ...reportFields,
      outcome: Type.Literal('backing_off'),
      attempts: Type.Integer(),
      next_retry_at: Timestamp,
      error: Failure,
    }),
    Type.Object({
      ...reportFields,
      outcome: Type.Literal('succeeded'),
      state: Type.Optional(
        Type.Enum(['running', 'stopped'], { description: 'What it settled as; an observation that differs is drift.' }),
      ),
      endpoints: Type.Array(EndpointSchema),
      observed_config: Type.Optional(JsonObject),
    }),
    Type.Object({ ...reportFields, outcome: Type.Literal('failed'), error: Failure }),
  ],
  { $id: 'WorkerReport' },
)
export type WorkerReport = Static<typeof WorkerReport>

export const ReportReceipt = Type.Object(
  {
    accepted: Type.Boolean({
      description: 'False when a newer operation has taken over, or the tenant was paused: look again at once.',
    }),
  },
  { $id: 'ReportReceipt' },
)
export type ReportReceipt = Static<typeof ReportReceipt>

/** What a worker says about a plan that it was asked for. */
export const PlanAnswer = Type.Union(
  [
    Type.Object({
      outcome: Type.Literal('planned'),
      action: Type.Enum(['create', 'update', 'no_changes']),
      changes: Type.Array(Change),
      warnings: Type.Array(Type.String()),
    }),
    AdoptionPlanned,
    Type.Object({ outcome: Type.Literal('failed'), error: Failure }),
  ],
  { $id: 'PlanAnswer' },
)
export type PlanAnswer = Static<typeof PlanAnswer>

export const PlanReceipt = Type.Object(
  { accepted: Type.Boolean({ description: 'False when nobody waits for it any more.' }) },
  { $id: 'PlanReceipt' },
)
export type PlanReceipt = Static<typeof PlanReceipt>

/** Below a worker's URL: `<path>/<tenant id>`, answered with a line of JSON for each `WorkerLogItem`. */
export const WORKER_LOGS_PATH = '/logs'

/** One line of what a worker answers; an error is the last one. An empty line says that it is still there. */
export type WorkerLogItem = { line: import('./logs.ts').LogLine } | { error: Failure }

/** Names at the workflow engine. */
export const TENANT_OBJECT = 'Tenant'
export const RECONCILE_HANDLER = 'reconcile'
export const STATUS_HANDLER = 'status'
export const PLAN_HANDLER = 'plan'

/** Input of `Tenant/<id>/reconcile`. Without a tick it is a trigger from the server; with one, the worker's own timer. */
export interface ReconcileRequest {
  tick?: number
  /** A person asked: look at once, whatever pause was planned. */
  now?: boolean
}

/**
 * Input of `Tenant/<id>/plan`, which answers nothing: what is to be planned and what came of it are exchanged with the server
 * alone, since configurations hold secrets and the workflow engine shows its inputs and outputs.
 */
export interface PlanHandlerRequest {
  plan_id: string
}

/** Output of `Tenant/<id>/status`: a live look, or why there is none. */
export type LiveStatusResult =
  | { found: true; status: import('./compute.ts').ComputeStatusResponse }
  | { found: false; error: Failure }
