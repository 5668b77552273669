import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'

export const OPERATION_KINDS = [
  'provision',
  'update',
  'reconcile',
  'suspend',
  'resume',
  'restart',
  'adopt',
  'archive',
  'delete',
] as const
export const OperationKind = Type.Enum([...OPERATION_KINDS], {
  description:
    'What is being done: `reconcile` applies the same desired state once more, `restart` replaces the running copies, `adopt` takes over what runs already.',
})
export type OperationKind = Static<typeof OperationKind>

export const OPERATION_STATES = ['pending', 'running', 'backing-off', 'succeeded', 'failed', 'superseded'] as const
export const OperationState = Type.Enum([...OPERATION_STATES], {
  description:
    '`pending` is accepted, `running` has been picked up, `backing-off` waits to try again, `superseded` made way for a newer one. The last three are final.',
})
export type OperationState = Static<typeof OperationState>

export const OPEN_OPERATION_STATES = ['pending', 'running', 'backing-off'] as const satisfies OperationState[]

export const Failure = Type.Object({
  code: Type.String({ description: 'Stable code, see docs/errors.md.' }),
  message: Type.String(),
  retryable: Type.Boolean({ description: 'Whether trying the same again can help.' }),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  instance_usable: Type.Boolean({ description: 'Whether the instance from before still serves.' }),
})
export type Failure = Static<typeof Failure>

export const CHANGE_EFFECTS = ['none', 'in_place', 'restart', 'replace'] as const
export const ChangeEffect = Type.Enum([...CHANGE_EFFECTS], {
  description:
    'What becomes of the running instance: `none` nothing, `in_place` it goes on running, `restart` the same instance restarts, `replace` a new one takes over.',
})
export type ChangeEffect = Static<typeof ChangeEffect>

export const Change = Type.Object({
  path: Type.String({ description: 'JSON pointer into the configuration.' }),
  from: Type.Optional(Type.Unknown()),
  to: Type.Optional(Type.Unknown()),
  effect: ChangeEffect,
})
export type Change = Static<typeof Change>

export const Operation = Type.Object(
  {
    id: Type.String({ format: 'uuid' }),
    tenant_id: Type.String({ format: 'uuid' }),
    tenant_name: Type.String(),
    kind: OperationKind,
    generation: Type.Integer({ description: 'The generation of the desired state that it applies.' }),
    state: OperationState,
    attempts: Type.Integer({ description: 'Calls of the provider that failed and may be repeated.' }),
    message: Type.Optional(Type.String({ description: 'What it is doing now, for a person.' })),
    next_retry_at: Type.Optional(Timestamp),
    error: Type.Optional(Failure),
    changes: Type.Array(Change, { description: 'What differed from the live state; known once it was applied.' }),
    created_at: Timestamp,
    started_at: Type.Optional(Timestamp),
    finished_at: Type.Optional(Timestamp),
    deadline_at: Timestamp,
    trace_id: Type.Optional(
      Type.String({ description: 'The trace of the request that asked for it, where one is known.' }),
    ),
  },
  { $id: 'Operation', description: 'One thing that was done, or is being done, to a tenant.' },
)
export type Operation = Static<typeof Operation>

export const OperationList = Type.Object(
  { operations: Type.Array(Operation), next_cursor: Type.Optional(Type.String()) },
  { $id: 'OperationList' },
)
export type OperationList = Static<typeof OperationList>
