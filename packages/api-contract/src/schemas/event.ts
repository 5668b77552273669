import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'

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
] as const

export const Event = Type.Object(
  {
    id: Type.String({ description: 'Rises with every event; the cursor.' }),
    type: Type.Enum([...EVENT_TYPES]),
    tenant_id: Type.Optional(Type.String({ description: 'Absent where it concerns no tenant, e.g. a refused call.' })),
    tenant_name: Type.Optional(Type.String()),
    operation_id: Type.Optional(Type.String()),
    generation: Type.Optional(Type.Integer()),
    principal: Type.String({
      description:
        'Who did it: `token:<name>`, `oidc:<subject>`, `anonymous` without access control; `worker` for what the control plane did itself, `expiry` for what a tenant’s time did.',
    }),
    address: Type.Optional(Type.String({ description: 'Where the request came from.' })),
    request_id: Type.Optional(Type.String()),
    data: Type.Record(Type.String(), Type.Unknown(), { description: 'Facts by type; secrets redacted.' }),
    created_at: Timestamp,
  },
  { $id: 'Event', description: 'One line of the audit trail; it outlives the tenant.' },
)
export type Event = Static<typeof Event>

export const EventList = Type.Object(
  { events: Type.Array(Event), next_cursor: Type.Optional(Type.String()) },
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
