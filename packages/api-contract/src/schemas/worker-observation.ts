import { type Static, Type } from 'typebox'
import { JsonObject } from './names.ts'
import { Change, Failure } from './operation.ts'
import { EndpointSchema } from './tenant.ts'

const observationFields = {
  slot: Type.Integer({ description: 'Which question it answers.' }),
  generation: Type.Integer({ description: 'Of the desired state that the tenant was compared with.' }),
  version: Type.Integer({ description: 'Of the tenant then; the server ignores a look at an older one.' }),
}

/** What a worker saw of a tenant on which nothing is under way. The server decides what it means. */
export const WorkerObservation = Type.Union(
  [
    Type.Object({
      ...observationFields,
      outcome: Type.Literal('seen'),
      state: Type.Enum(['running', 'stopped', 'starting', 'stopping', 'failed', 'unknown']),
      health: Type.Enum(['healthy', 'unhealthy', 'starting', 'none', 'unknown']),
      settled: Type.Boolean(),
      reason: Type.Optional(Type.String()),
      idle: Type.Optional(
        Type.Enum(['finished', 'scaled_to_zero'], { description: 'Why it is right that it is stopped.' }),
      ),
      message: Type.Optional(Type.String()),
      changes: Type.Array(Change, { description: 'From the live configuration to the desired one.' }),
      endpoints: Type.Array(EndpointSchema),
      observed_config: Type.Optional(JsonObject),
    }),
    Type.Object({ ...observationFields, outcome: Type.Literal('missing'), message: Type.Optional(Type.String()) }),
    Type.Object({ ...observationFields, outcome: Type.Literal('unknown'), error: Failure }),
    Type.Object({ ...observationFields, outcome: Type.Literal('skipped') }),
  ],
  { $id: 'WorkerObservation' },
)
export type WorkerObservation = Static<typeof WorkerObservation>

export const OBSERVE_HANDLER = 'observe'

/** Input of `Tenant/<id>/observe`. */
export interface ObserveRequest {
  slot: number
}
