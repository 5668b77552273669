import type { JsonObject } from './json.ts'
import type { ResourceIds } from './tenant-ref.ts'

export type ComputeState = 'running' | 'stopped' | 'starting' | 'stopping' | 'failed' | 'unknown'

/** `none` means that no health check is defined. */
export type ComputeHealth = 'healthy' | 'unhealthy' | 'starting' | 'none' | 'unknown'

/** The live state of one tenant's compute, read from the target. */
export interface ComputeStatus {
  readonly state: ComputeState
  readonly health: ComputeHealth
  readonly containers: readonly ContainerStatus[]
  /** When the target was read, ISO 8601 in UTC. */
  readonly lastUpdated: string
  /** Provider-specific facts for a person; nothing depends on them. */
  readonly metadata: Readonly<Record<string, string>>
  /** Nothing is moving any more: running as asked, stopped as asked, or failed for good. */
  readonly settled: boolean
  /** Where the tenant can be reached now; empty while it is not. */
  readonly endpoints: readonly Endpoint[]
  readonly resourceIds: ResourceIds
  /** For a person: what it is doing, or why it failed. */
  readonly message?: string
  /** A stable code when failed, e.g. `image_not_found`, `out_of_memory`, `crash_loop`, `unhealthy`. */
  readonly reason?: string
  /** When failed: whether the instance from before still serves. Default: it does while `endpoints` are there. */
  readonly instanceUsable?: boolean
  /**
   * When `stopped` though the tenant is not suspended: why that is right. `finished` is a job that ended well,
   * `scaled_to_zero` a size of no copies, as configured or as an autoscaler set it. Absent: it was stopped and should run.
   */
  readonly idle?: 'finished' | 'scaled_to_zero'
  /** The live configuration in the terms of `configSchema`, for drift. */
  readonly observedConfig?: JsonObject
}

export interface ContainerStatus {
  readonly name: string
  readonly state: ComputeState
  readonly health?: ComputeHealth
  readonly image?: string
  readonly exitCode?: number
  readonly restartCount?: number
  /** ISO 8601 in UTC. */
  readonly startedAt?: string
  readonly message?: string
}

export interface Endpoint {
  /** The name of the port or of the load balancer, where there is one. */
  readonly name?: string
  readonly protocol: 'tcp' | 'udp' | 'http' | 'https'
  /** Host name or address to connect to. */
  readonly host: string
  readonly port: number
  /** The port inside the container, where it differs in meaning from `port`. */
  readonly containerPort?: number
  /** Complete, where the protocol has one, e.g. `http://127.0.0.1:32768`. */
  readonly url?: string
}
