import { type Static, Type } from 'typebox'
import { JsonObject } from './names.ts'
import { Change, ChangeEffect } from './operation.ts'
import { CreateTenantRequest } from './tenant.ts'

const { compute_config: _, ...createFields } = CreateTenantRequest.properties

export const AdoptTenantRequest = Type.Object(
  {
    ...createFields,
    resource: Type.String({
      minLength: 1,
      maxLength: 2048,
      description:
        "What runs already, in the provider's terms: the ARN of an ECS service, the name or id of a container.",
    }),
    compute_config: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'What is to be other than what runs, as a JSON merge patch. It is applied once the tenant is adopted. Default: nothing.',
      }),
    ),
    plan_id: Type.Optional(
      Type.String({
        maxLength: 128,
        description:
          'Of the plan that this carries out: 412 when the plan would be another one by now. Absent: the plan is made, and nothing changes.',
      }),
    ),
  },
  { $id: 'AdoptTenantRequest', additionalProperties: false },
)
export type AdoptTenantRequest = Static<typeof AdoptTenantRequest>

export const AdoptedResource = Type.Object({ kind: Type.String(), id: Type.String(), name: Type.String() })

export const Adoption = Type.Object(
  {
    plan_id: Type.String({ description: 'Sent back, it carries out just this plan.' }),
    tenant_name: Type.String(),
    compute_provider: Type.String(),
    resource: AdoptedResource,
    compute_config: Type.Record(Type.String(), Type.Unknown(), {
      description: 'The whole configuration that the tenant gets; secrets redacted.',
    }),
    steps: Type.Array(Type.String(), {
      description: 'What is written to make it the tenant’s. Nothing restarts by it.',
    }),
    effect: ChangeEffect,
    changes: Type.Array(Change, {
      description: 'What is changed once it is adopted; empty where it is taken as it runs. Sensitive values hidden.',
    }),
    warnings: Type.Array(Type.String()),
  },
  { $id: 'Adoption', description: 'What adopting would come to. Making it changes nothing.' },
)
export type Adoption = Static<typeof Adoption>

/** What a worker answers to a request for a plan that adopts. */
export const AdoptionPlanned = Type.Object({
  outcome: Type.Literal('adoption_planned'),
  resource: AdoptedResource,
  config: JsonObject,
  steps: Type.Array(Type.String()),
  changes: Type.Array(Change),
  warnings: Type.Array(Type.String()),
  fingerprint: Type.String(),
})
export type AdoptionPlanned = Static<typeof AdoptionPlanned>
