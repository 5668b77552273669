import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'
import { TenantStatus } from './tenant.ts'

export const EVENT_TYPES = [
  'tenant.created',
  'tenant.updated',
  'tenant.labels_changed',
  'tenant.annotations_changed',
  'tenant.options_changed',
  'tenant.reconcile_requested',
  'tenant.retry_requested',
  'tenant.suspend_requested',
  'tenant.resume_requested',
  'tenant.restart_requested',
  'tenant.archive_requested',
  'tenant.delete_requested',
  'tenant.paused',
  'tenant.unpaused',
  'tenant.expiring',
  'tenant.expiry_refused',
  'tenant.ready',
  'tenant.suspended',
  'tenant.archived',
  'tenant.deleted',
  'orphan.found',
  'orphan.delete_requested',
  'tenant.endpoints_changed',
  'tenant.drift_detected',
  'tenant.drift_resolved',
  'tenant.drift_healing',
  'tenant.drift_healing_stopped',
  'fleet.brake_applied',
  'fleet.brake_released',
  'operation.started',
  'operation.backing_off',
  'operation.superseded',
  'operation.failed',
  'token.created',
  'token.revoked',
  'access.refused',
  'webhook.created',
  'webhook.updated',
  'webhook.secret_rotated',
  'webhook.disabled',
  'webhook.deleted',
  'webhook.test',
] as const
export type EventType = (typeof EVENT_TYPES)[number]

export const Event = Type.Object(
  {
    id: Type.String({ description: 'Rises with every event; the cursor.' }),
    type: Type.Enum([...EVENT_TYPES]),
    tenant_id: Type.Optional(Type.String({ description: 'Absent where it concerns no tenant, e.g. a refused call.' })),
    tenant_name: Type.Optional(Type.String()),
    tenant_labels: Type.Optional(Type.Record(Type.String(), Type.String(), { description: 'As they were then.' })),
    tenant_status: Type.Optional(TenantStatus),
    operation_id: Type.Optional(Type.String()),
    generation: Type.Optional(Type.Integer()),
    principal: Type.String({
      description:
        'Who did it: `token:<name>`, `oidc:<subject>`, `anonymous` without access control; `worker` for what the control plane did itself, `expiry` for what a tenant’s time did.',
    }),
    address: Type.Optional(Type.String({ description: 'Where the request came from.' })),
    request_id: Type.Optional(Type.String()),
    data: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Facts by type, see docs/event-types.md; secrets redacted.',
    }),
    created_at: Timestamp,
  },
  { $id: 'Event', description: 'One line of the audit trail; it outlives the tenant.' },
)
export type Event = Static<typeof Event>

export const EventList = Type.Object(
  {
    events: Type.Array(Event),
    next_cursor: Type.Optional(
      Type.String({
        description:
          'For what follows; absent at the end. A page with a filter may be shorter than `limit`, even empty, and go on.',
      }),
    ),
  },
  { $id: 'EventList' },
)
export type EventList = Static<typeof EventList>

export const PageQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
    order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'Oldest or newest first. Default `desc`.' })),
  },
  { additionalProperties: false },
)
export type PageQuery = Static<typeof PageQuery>

/** What a list or a stream of events leaves out. */
export const EventsQuery = Type.Object(
  {
    ...PageQuery.properties,
    cursor: Type.Optional(
      Type.String({ description: '`next_cursor` of the page before. A stream goes on from there, too.' }),
    ),
    since: Type.Optional(
      Type.String({
        pattern: '^\\d{1,15}$',
        description:
          'Id of an event: only what came after it; `0` is the beginning. Oldest first. Not together with `cursor`.',
      }),
    ),
    types: Type.Optional(
      Type.String({
        maxLength: 2000,
        description: 'Types separated by commas, e.g. `tenant.ready,operation.*`. Default: every one.',
      }),
    ),
    label_selector: Type.Optional(
      Type.String({
        maxLength: 4096,
        description: 'Events of tenants whose labels fitted then, e.g. `tier=pro,!trial`.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type EventsQuery = Static<typeof EventsQuery>
