import { type Logger, type Ownership, ownershipMarks } from '@landlord/compute-core'
import type { DockerClient } from './docker-client.ts'
import type { DockerSettings } from './docker-settings.ts'
import { type ResourceNames, resourceNames } from './resource-names.ts'

export const PROVIDER_NAME = 'docker'

/** What all calls of one provider share. */
export interface DockerContext {
  readonly client: DockerClient
  readonly settings: DockerSettings
  readonly installation: string
  readonly now: () => Date
}

/** One call for one tenant. */
export interface TenantScope extends DockerContext {
  readonly ownership: Ownership
  readonly marks: Readonly<Record<string, string>>
  readonly names: ResourceNames
  readonly signal: AbortSignal
  readonly logger: Logger
}

export function tenantScope(
  context: DockerContext,
  tenantId: string,
  options: { signal: AbortSignal; logger: Logger },
): TenantScope {
  const ownership = { tenantId, provider: PROVIDER_NAME, installation: context.installation }
  return {
    ...context,
    ownership,
    marks: ownershipMarks(ownership),
    names: resourceNames({
      labelPrefix: context.settings.label_prefix,
      installation: context.installation,
      tenantId,
    }),
    signal: options.signal,
    logger: options.logger,
  }
}
