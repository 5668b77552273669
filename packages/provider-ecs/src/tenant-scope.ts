import type { JsonObject, Logger, Ownership, ReadOptions } from '@landlord/compute-core'
import type { CallPriority, EcsApi, EcsCall } from './ecs-api.ts'
import type { EcsSettings } from './ecs-settings.ts'
import { serviceOwnership } from './provider-tags.ts'

/** What all calls of one provider share. */
export interface EcsContext {
  readonly api: EcsApi
  readonly settings: EcsSettings
  /** What tenants get unless they say otherwise. */
  readonly defaults: JsonObject
  readonly installation: string
  readonly canAssumeRole: boolean
  readonly now: () => Date
}

/** One call for one tenant. */
export interface TenantScope extends EcsContext {
  readonly tenantId: string
  /** As the tags of a service have it. */
  readonly ownership: Ownership
  readonly logger: Logger
  readonly signal: AbortSignal
  /** For a person who waits; does nothing where nobody listens. */
  readonly onProgress: (message: string) => void
  /** What goes along with every request to AWS. Looks that nobody waits for go last, whatever kind they are. */
  call(priority: CallPriority): EcsCall
}

export interface ScopeOptions extends ReadOptions {
  readonly now?: () => Date
  readonly onProgress?: (message: string) => void
}

export function tenantScope(context: EcsContext, tenantId: string, options: ScopeOptions): TenantScope {
  const { signal, logger, priority: wanted, now = context.now, onProgress = () => {} } = options
  return {
    ...context,
    now,
    tenantId,
    ownership: serviceOwnership({ tenantId, installation: context.installation }),
    logger,
    signal,
    onProgress,
    call: (priority) => ({ signal, logger, priority: wanted ?? priority }),
  }
}
