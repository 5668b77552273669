import type { ProviderRegistry } from '@landlord/compute-core'
import type { Tracer } from '@landlord/tracing'
import type { Logger } from 'pino'
import type { DriftDeps } from './drift/drift-deps.ts'
import type { EventFeed } from './events/event-feed.ts'
import type { StreamLimit } from './events/limit-streams.ts'
import type { AccessDeps } from './http/guard-access.ts'
import type { TlsMaterial } from './http/tls-files.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Store } from './store/open-store.ts'
import type { TenantSignals } from './tenants/tenant-signals.ts'
import type { NetworkGuard } from './webhooks/network-guard.ts'
import type { Triggers } from './workflow/triggers.ts'
import type { WorkflowClient } from './workflow/workflow-client.ts'

/** Everything that the HTTP part works with. */
export interface ServerDeps extends DriftDeps, AccessDeps {
  readonly registry: ProviderRegistry
  readonly store: Store
  readonly workflow: WorkflowClient
  readonly triggers: Triggers
  readonly signals: TenantSignals
  readonly feed: EventFeed
  readonly streams: StreamLimit
  /** Where webhooks may lead. */
  readonly webhookGuard: NetworkGuard
  /** Undefined where `metrics.enabled` is off. */
  readonly metrics: Metrics | undefined
  readonly tracer: Tracer
  readonly logger: Logger
  /** Absent: plain HTTP. */
  readonly tls?: TlsMaterial
  /** Whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[]
  /** The host that the server is configured to listen on; accepted in `Host` headers. */
  readonly host: string
  /** Aborted when the server begins to stop: waits end with 503. */
  readonly stopping: AbortSignal
  /** What is younger, or of a tenant that changed since, is not taken for an orphan. */
  readonly orphanGraceSeconds: number
}
