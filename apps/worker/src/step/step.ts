import type { WorkerClient, WorkerReport } from '@landlord/api-contract'
import type { Logger, ProviderRegistry } from '@landlord/compute-core'
import type { SecretResolvers } from '../secrets/create-secret-resolvers.ts'
import type { Cursor, Work } from './cursor.ts'
import type { ProviderSlots } from './provider-slots.ts'
import type { StepObserver } from './step-observer.ts'

export interface StepDependencies {
  readonly client: WorkerClient
  readonly registry: ProviderRegistry
  readonly slots: ProviderSlots
  readonly observer: StepObserver
  readonly secretsOf: SecretResolvers
  readonly now: () => Date
  readonly logger: Logger
  readonly limits: {
    /** How often in a row a call may fail before the operation does. */
    readonly maxAttempts: number
    /** How long one call of a provider may take. */
    readonly callTimeoutMs: number
  }
}

/** A step that has something to do. */
export interface Step {
  readonly deps: StepDependencies
  readonly work: Work
  readonly cursor: Cursor
  readonly signal: AbortSignal
  /** W3C `traceparent` for what the step calls. */
  readonly traceParent?: string | undefined
}

/** Reports to the server. False when a newer operation has taken over. Rejects when the server cannot be reached. */
export async function tell({ deps, work, signal }: Step, report: WorkerReport): Promise<boolean> {
  const { body } = await deps.client.reportProgress({ params: { id: work.tenant_id }, body: report, signal })
  return body.accepted
}
