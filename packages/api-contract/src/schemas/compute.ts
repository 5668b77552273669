import { type Static, Type } from 'typebox'
import { JsonObject, Timestamp } from './names.ts'
import { EndpointSchema } from './tenant.ts'

const State = Type.Enum(['running', 'stopped', 'starting', 'stopping', 'failed', 'unknown'])
const Health = Type.Enum(['healthy', 'unhealthy', 'starting', 'none', 'unknown'])

export const ComputeStatusResponse = Type.Object(
  {
    tenant_id: Type.String(),
    provider: Type.String(),
    state: State,
    health: Health,
    settled: Type.Boolean({ description: 'Nothing is moving any more.' }),
    message: Type.Optional(Type.String()),
    reason: Type.Optional(Type.String({ description: 'Stable code when failed.' })),
    containers: Type.Array(
      Type.Object({
        name: Type.String(),
        state: State,
        health: Type.Optional(Health),
        image: Type.Optional(Type.String()),
        exit_code: Type.Optional(Type.Integer()),
        restart_count: Type.Optional(Type.Integer()),
        started_at: Type.Optional(Timestamp),
        message: Type.Optional(Type.String()),
      }),
    ),
    endpoints: Type.Array(EndpointSchema),
    resource_ids: Type.Record(Type.String(), Type.String()),
    metadata: Type.Record(Type.String(), Type.String()),
    last_updated: Timestamp,
  },
  { $id: 'ComputeStatus', description: 'Live, read from the provider.' },
)
export type ComputeStatusResponse = Static<typeof ComputeStatusResponse>

export const ProviderInfo = Type.Object({
  name: Type.String(),
  specification_version: Type.String(),
  capabilities: Type.Record(Type.String(), Type.Boolean()),
})

export const ProviderList = Type.Object(
  {
    providers: Type.Array(ProviderInfo),
    default_provider: Type.Optional(
      Type.String({ description: 'Taken when a tenant names none; set where only one is configured.' }),
    ),
  },
  { $id: 'ProviderList' },
)
export type ProviderList = Static<typeof ProviderList>

export const ComputeConfigQuery = Type.Object(
  { provider: Type.Optional(Type.String({ description: 'Optional where only one is configured.' })) },
  { additionalProperties: false },
)

export const ComputeConfigResponse = Type.Object(
  {
    provider: Type.String(),
    schema: Type.Record(Type.String(), Type.Unknown(), {
      description: 'JSON Schema, draft 2020-12, of `compute_config`.',
    }),
    defaults: JsonObject,
  },
  { $id: 'ComputeConfig' },
)
export type ComputeConfigResponse = Static<typeof ComputeConfigResponse>
