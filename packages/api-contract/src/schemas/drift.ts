import { type Static, Type } from 'typebox'
import { TenantId, TenantName, Timestamp } from './names.ts'
import { Change } from './operation.ts'

export const DRIFT_POLICIES = ['report', 'heal'] as const
export const DriftPolicy = Type.Enum([...DRIFT_POLICIES], {
  description: '`report` tells of drift; `heal` also applies the desired state once more. Default `report`.',
})
export type DriftPolicy = Static<typeof DriftPolicy>

/** RFC 6901, without the pointer to the whole document: that would ignore everything. */
export const DRIFT_POINTER_PATTERN = '^(/([^~/]|~[01])*)+$'

export const DriftIgnore = Type.Array(Type.String({ pattern: DRIFT_POINTER_PATTERN, maxLength: 512 }), {
  maxItems: 64,
  uniqueItems: true,
  description:
    'JSON pointers into the configuration, e.g. `/desired_count`: a difference there, or below, is no drift. At most 64.',
})
export type DriftIgnore = Static<typeof DriftIgnore>

export const DRIFT_REASONS = ['missing', 'failed', 'stopped', 'unhealthy', 'changed'] as const
export const DriftReason = Type.Enum([...DRIFT_REASONS], {
  description:
    '`missing`: nothing is there any more; `failed`, `stopped`, `unhealthy`: it does not serve as it did; `changed`: it runs with another configuration.',
})
export type DriftReason = Static<typeof DriftReason>

const Healing = Type.Object(
  {
    attempts: Type.Integer({ description: 'How often it was healed of late.' }),
    last_attempt_at: Type.Optional(Timestamp),
    stopped_at: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Healing has stopped for this tenant: the drift came back each time. A reconcile starts it anew.',
      }),
    ),
  },
  { description: 'Absent where nothing was healed.' },
)

export const Drift = Type.Object(
  {
    reason: DriftReason,
    detected_at: Timestamp,
    message: Type.Optional(Type.String({ description: 'What the provider says about it, for a person.' })),
    changes: Type.Array(Change, {
      description: 'From what is there to what should be; `effect` is that of putting it right. Secrets redacted.',
    }),
    healing: Type.Optional(Healing),
  },
  { $id: 'Drift', description: 'How the live state differs from the desired one, as last observed.' },
)
export type Drift = Static<typeof Drift>

export const DriftBrake = Type.Object(
  {
    applied: Type.Boolean({ description: 'Nothing is healed until a person releases it.' }),
    applied_at: Type.Optional(Timestamp),
    reason: Type.Optional(Type.String({ description: 'Why it was applied, for a person.' })),
    turned_bad: Type.Optional(Type.Integer({ description: 'Tenants that had turned bad within the window.' })),
    fleet: Type.Optional(Type.Integer({ description: 'Tenants under observation then.' })),
    window_seconds: Type.Optional(Type.Integer()),
  },
  {
    $id: 'DriftBrake',
    description: 'Applied by itself when more than a fifth of the fleet, and at least five tenants, turn bad at once.',
  },
)
export type DriftBrake = Static<typeof DriftBrake>

export const DriftedTenant = Type.Object({
  id: TenantId,
  name: TenantName,
  compute_provider: Type.String(),
  status: Type.String(),
  drift_policy: DriftPolicy,
  drift: Drift,
})
export type DriftedTenant = Static<typeof DriftedTenant>

export const DriftReport = Type.Object(
  {
    observed: Type.Integer({ description: 'Tenants under observation.' }),
    never_observed: Type.Integer({ description: 'Of those, the ones whose first observation is still to come.' }),
    oldest_observed_at: Type.Optional(
      Type.String({ format: 'date-time', description: 'The longest that anything was not looked at.' }),
    ),
    drifted: Type.Integer(),
    by_reason: Type.Record(Type.String(), Type.Integer()),
    healing: Type.Integer({ description: 'Tenants that are being healed now.' }),
    brake: DriftBrake,
    tenants: Type.Array(DriftedTenant, { description: 'Drifted ones, the longest drifted first.' }),
    next_cursor: Type.Optional(Type.String({ description: 'For the next page; absent on the last.' })),
  },
  { $id: 'DriftReport' },
)
export type DriftReport = Static<typeof DriftReport>

export const DriftQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  },
  { additionalProperties: false },
)
export type DriftQuery = Static<typeof DriftQuery>
