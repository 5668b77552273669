import type { ComputeErrorCode, Endpoint, JsonObject } from '@landlord/compute-core'

export type MockOperation =
  | 'provision'
  | 'update'
  | 'destroy'
  | 'get_status'
  | 'plan'
  | 'list_owned'
  | 'read_logs'
  | 'plan_adoption'
  | 'adopt'

/** A tenant's `compute_config` for this provider, with the gaps filled in. See `mock-config-schema.ts` for the meanings. */
export interface MockConfig {
  readonly image: string
  readonly env: Readonly<Record<string, string>>
  readonly replicas: number
  readonly endpoints: readonly Endpoint[]
  readonly mock: MockScript
}

export interface MockScript {
  readonly latency_ms?: Partial<Readonly<Record<MockOperation | 'default', number>>>
  readonly ready_after_ms?: number
  readonly gone_after_ms?: number
  readonly fail?: readonly MockFailure[]
  readonly crash_points?: readonly string[]
  readonly start_fails?: MockStartFailure
  readonly unhealthy?: boolean
  readonly never_settle?: boolean
  readonly drift?: JsonObject
}

export interface MockFailure {
  readonly operation: MockOperation
  readonly times?: number
  readonly code: ComputeErrorCode
  readonly retryable?: boolean
  readonly retry_after_ms?: number
  readonly message?: string
  readonly applied?: boolean
}

export interface MockStartFailure {
  readonly reason?: string
  readonly message?: string
  readonly times?: number
}
