import { type Static, Type } from 'typebox'
import { TenantId, TenantName } from './names.ts'
import { Change, ChangeEffect } from './operation.ts'

export const PLAN_ACTIONS = ['create', 'update', 'replace', 'no_changes'] as const

export const Plan = Type.Object(
  {
    tenant_id: Type.Optional(TenantId),
    tenant_name: TenantName,
    version: Type.Optional(
      Type.Integer({
        description: 'The version that it was made of: sent as If-Match, the change is the one planned.',
      }),
    ),
    compute_provider: Type.String(),
    action: Type.Enum([...PLAN_ACTIONS], {
      description: '`replace` is an update by which a new instance takes over from the running one.',
    }),
    effect: ChangeEffect,
    source: Type.Enum(['live', 'recorded'], {
      description:
        'What it compares with: the live state, or what Landlord has recorded, where the compute has no part in the change or its provider cannot plan.',
    }),
    changes: Type.Array(Change, {
      description: 'By JSON pointer into the tenant, e.g. `/compute_config/image`; sensitive values hidden.',
    }),
    warnings: Type.Array(Type.String()),
  },
  { $id: 'Plan', description: 'What a change would do. Making it changes nothing.' },
)
export type Plan = Static<typeof Plan>

export const PlanQuery = Type.Object(
  {
    merge: Type.Optional(
      Type.Boolean({
        description: 'The body is a merge patch, as PATCH takes it. Default: the whole desired state, as PUT takes it.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type PlanQuery = Static<typeof PlanQuery>
