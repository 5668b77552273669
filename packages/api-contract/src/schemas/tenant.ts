import { type Static, Type } from 'typebox'
import { Drift } from './drift.ts'
import {
  Annotations,
  AnnotationValue,
  JsonObject,
  LabelKey,
  Labels,
  LabelValue,
  TenantId,
  TenantName,
  Timestamp,
} from './names.ts'
import { Failure, OperationKind } from './operation.ts'
import { TenantSecrets } from './secret.ts'
import { optionFields, optionPatchFields, shownOptionFields } from './tenant-options.ts'

export const TENANT_STATUSES = [
  'requested',
  'provisioning',
  'ready',
  'updating',
  'suspending',
  'suspended',
  'resuming',
  'archiving',
  'archived',
  'deleting',
  'failed',
] as const
export const TenantStatus = Type.Enum([...TENANT_STATUSES], {
  description: '`failed` is not terminal: change, retry, suspend, archive and delete all lead out.',
})
export type TenantStatus = Static<typeof TenantStatus>

/** Statuses in which nothing is under way. */
export const SETTLED_STATUSES = ['ready', 'suspended', 'archived', 'failed'] as const satisfies TenantStatus[]

export const WORKFLOW_SUB_STATES = ['waiting', 'running', 'backing-off', 'paused', 'succeeded', 'failed'] as const
export const WorkflowSubState = Type.Enum([...WORKFLOW_SUB_STATES])
export type WorkflowSubState = Static<typeof WorkflowSubState>

export const EndpointSchema = Type.Object({
  name: Type.Optional(Type.String()),
  protocol: Type.Enum(['tcp', 'udp', 'http', 'https']),
  host: Type.String(),
  port: Type.Integer(),
  container_port: Type.Optional(Type.Integer()),
  url: Type.Optional(Type.String()),
})
export type EndpointSchema = Static<typeof EndpointSchema>

export const Tenant = Type.Object(
  {
    id: TenantId,
    name: TenantName,
    status: TenantStatus,
    status_message: Type.Optional(Type.String({ description: 'What is going on, for a person.' })),
    compute_provider: Type.String(),
    compute_config: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'As the client sent it; secrets redacted.' }),
    ),
    desired_config: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          "Resolved when it was accepted: the installation's defaults with `compute_config` over them; secrets redacted.",
      }),
    ),
    observed_config: Type.Optional(JsonObject),
    secrets: Type.Optional(TenantSecrets),
    observed_resource_ids: Type.Optional(Type.Record(Type.String(), Type.String())),
    endpoints: Type.Array(EndpointSchema, { description: 'Where it can be reached, as last observed.' }),
    observed_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'When it was last looked at. It moves without a new `version`.',
      }),
    ),
    drift: Type.Optional(Drift),
    labels: Type.Optional(Labels),
    annotations: Type.Optional(Annotations),
    ...shownOptionFields,
    suspended: Type.Optional(
      Type.Boolean({ description: 'It is meant to be stopped: suspended, and not resumed since. Absent: false.' }),
    ),
    paused: Type.Optional(
      Type.Boolean({ description: 'Nothing is done about it until it is unpaused. Absent: false.' }),
    ),
    version: Type.Integer({ description: 'Rises with every change of the record; the ETag.' }),
    generation: Type.Integer({ description: 'Rises with every accepted change of the desired state.' }),
    observed_generation: Type.Integer({
      description: 'The generation on which the provider has settled; 0 before the first.',
    }),
    failed_operation: Type.Optional(OperationKind),
    failure: Type.Optional(Failure),
    workflow_execution_id: Type.Optional(Type.String({ description: 'Id of the current or last operation.' })),
    workflow_sub_state: Type.Optional(WorkflowSubState),
    workflow_retry_count: Type.Optional(Type.Integer()),
    workflow_error_message: Type.Optional(Type.String()),
    next_retry_at: Type.Optional(Timestamp),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { $id: 'Tenant', description: 'One customer: what it should be, and what it is.' },
)
export type Tenant = Static<typeof Tenant>

const desiredFields = {
  compute_provider: Type.Optional(
    Type.String({
      description: 'Name of the provider; optional where only one is configured. `compute_provider_type` is an alias.',
    }),
  ),
  compute_provider_type: Type.Optional(Type.String({ description: 'Alias of `compute_provider`.' })),
  compute_config: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), {
      description:
        "The provider's configuration, by the schema of GET /v1/compute/config; merged over the installation's defaults.",
    }),
  ),
  secrets: Type.Optional(TenantSecrets),
  labels: Type.Optional(Labels),
  annotations: Type.Optional(Annotations),
  ...optionFields,
}

export const CreateTenantRequest = Type.Object(
  { name: TenantName, ...desiredFields },
  { $id: 'CreateTenantRequest', additionalProperties: false },
)
export type CreateTenantRequest = Static<typeof CreateTenantRequest>

export const ReplaceTenantRequest = Type.Object(
  { name: Type.Optional(TenantName), ...desiredFields },
  {
    $id: 'ReplaceTenantRequest',
    additionalProperties: false,
    description:
      'The whole desired state. What is left out goes back to its default; `name`, if given, must be the current one.',
  },
)
export type ReplaceTenantRequest = Static<typeof ReplaceTenantRequest>

const nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Optional(Type.Union([schema, Type.Null()]))

// No limit to their number: what counts is how many are left after the merge.
const patchOf = (value: typeof LabelValue, description: string) =>
  Type.Record(LabelKey, Type.Union([value, Type.Null()]), { additionalProperties: false, description })

export const PatchTenantRequest = Type.Object(
  {
    name: Type.Optional(TenantName),
    compute_provider: nullable(Type.String()),
    compute_provider_type: nullable(Type.String()),
    compute_config: nullable(Type.Record(Type.String(), Type.Unknown())),
    secrets: nullable(TenantSecrets),
    labels: nullable(patchOf(LabelValue, 'By key; `null` removes one. At most 64 may be left.')),
    annotations: nullable(patchOf(AnnotationValue, 'By key; `null` removes one. At most 64 may be left.')),
    ...optionPatchFields,
  },
  {
    $id: 'PatchTenantRequest',
    additionalProperties: false,
    description: 'JSON merge patch (RFC 7396) of the desired state: what is left out stays, `null` removes.',
  },
)
export type PatchTenantRequest = Static<typeof PatchTenantRequest>

export const TenantList = Type.Object(
  {
    tenants: Type.Array(Tenant),
    total: Type.Integer({ description: 'How many match, on all pages.' }),
    limit: Type.Integer(),
    offset: Type.Integer(),
    next_cursor: Type.Optional(Type.String({ description: 'For the next page; absent on the last.' })),
  },
  { $id: 'TenantList' },
)
export type TenantList = Static<typeof TenantList>

export const TENANT_SORTS = ['created_at', '-created_at', 'name', '-name', 'updated_at', '-updated_at'] as const

/** What an integer of every database holds. */
const MAX_COUNT = 2_147_483_647

export const ListTenantsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    offset: Type.Optional(
      Type.Integer({ minimum: 0, maximum: MAX_COUNT, description: 'Rows to skip; not together with `cursor`.' }),
    ),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
    label_selector: Type.Optional(
      Type.String({ maxLength: 4096, description: 'e.g. `tier=pro,region in (eu,us),!trial`; at most 50 conditions.' }),
    ),
    status: Type.Optional(Type.String({ description: 'One status or several, separated by commas.' })),
    provider: Type.Optional(Type.String()),
    q: Type.Optional(Type.String({ maxLength: 255, description: 'Part of the name or of the id.' })),
    include_deleted: Type.Optional(Type.Boolean({ description: 'Archived tenants too. Default false.' })),
    drifted: Type.Optional(Type.Boolean({ description: 'Only tenants with, or without, drift.' })),
    workflow_sub_state: Type.Optional(WorkflowSubState),
    has_workflow_error: Type.Optional(Type.Boolean()),
    min_retry_count: Type.Optional(Type.Integer({ minimum: 0, maximum: MAX_COUNT })),
    sort: Type.Optional(Type.Enum([...TENANT_SORTS], { description: 'Default `-created_at`.' })),
  },
  { additionalProperties: false },
)
export type ListTenantsQuery = Static<typeof ListTenantsQuery>

export const WAIT_CONDITIONS = ['settled', 'gone', ...TENANT_STATUSES] as const

export const WaitQuery = Type.Object(
  {
    until: Type.Optional(
      Type.String({
        description:
          'Conditions separated by commas; the first that holds ends the wait: a status, `settled` (nothing is under way) or `gone` (deleted). Default `settled`.',
      }),
    ),
    timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 60, default: 60, description: 'Seconds.' })),
  },
  { additionalProperties: false },
)
export type WaitQuery = Static<typeof WaitQuery>
