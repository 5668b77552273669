import { type Static, Type } from 'typebox'
import { Timestamp } from './names.ts'
import { OperationKind, OperationState } from './operation.ts'

const CheckStatus = Type.Enum(['ok', 'warning', 'error'])

export const DiagnosisCheck = Type.Object(
  {
    name: Type.String({ description: 'Stable, e.g. `database` or `provider docker`.' }),
    status: CheckStatus,
    message: Type.String({ description: 'What was found, for a person.' }),
    fix: Type.Optional(Type.String({ description: 'What to do about it: a command where there is one.' })),
  },
  { $id: 'DiagnosisCheck' },
)
export type DiagnosisCheck = Static<typeof DiagnosisCheck>

export const StuckOperation = Type.Object(
  {
    tenant_id: Type.String(),
    tenant_name: Type.String(),
    operation_id: Type.String(),
    kind: OperationKind,
    state: OperationState,
    created_at: Timestamp,
    reason: Type.String({ description: 'Why it does not get on, for a person.' }),
    fix: Type.String({ description: 'The command or step that helps.' }),
  },
  { $id: 'StuckOperation', description: 'An open operation that does not get on by itself, or only slowly.' },
)
export type StuckOperation = Static<typeof StuckOperation>

export const Diagnosis = Type.Object(
  {
    status: Type.Enum(['ok', 'warning', 'error'], { description: 'The worst of all checks.' }),
    version: Type.String({ description: 'Of the server.' }),
    server_time: Timestamp,
    checks: Type.Array(DiagnosisCheck),
    stuck: Type.Array(StuckOperation, { description: 'The oldest first, at most 50.' }),
  },
  { $id: 'Diagnosis' },
)
export type Diagnosis = Static<typeof Diagnosis>

export const DiagnosisQuery = Type.Object({
  deep: Type.Optional(
    Type.Boolean({ description: 'Read all of the database to check it; takes seconds where that is large.' }),
  ),
})
export type DiagnosisQuery = Static<typeof DiagnosisQuery>

/** What a worker tells of itself, every few seconds. */
export const WorkerHeartbeat = Type.Object(
  {
    version: Type.String(),
    node_version: Type.String(),
    url: Type.String({ description: 'Where the workflow engine reaches it.' }),
    providers: Type.Array(Type.String()),
    registered: Type.Boolean({ description: 'Whether the workflow engine knows it.' }),
    started_at: Timestamp,
    time: Timestamp,
  },
  { $id: 'WorkerHeartbeat' },
)
export type WorkerHeartbeat = Static<typeof WorkerHeartbeat>

export const HeartbeatReceipt = Type.Object(
  { next_in_seconds: Type.Integer({ description: 'When to tell it again.' }) },
  { $id: 'HeartbeatReceipt' },
)
export type HeartbeatReceipt = Static<typeof HeartbeatReceipt>

/** Names at the workflow engine. */
export const WORKER_SERVICE = 'Worker'
export const CHECK_UP_HANDLER = 'checkUp'

/** Output of `Worker/checkUp`: what a worker finds when it calls each provider's target. */
export interface CheckUp {
  version: string
  providers: DiagnosisCheck[]
}
