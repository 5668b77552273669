import { ownershipMarks, type TenantComputeSpec } from '@landlord/compute-core'
import type { EcsConfig } from './ecs-config.ts'
import { serviceOwnership } from './provider-tags.ts'
import { resolveTarget } from './resolve-target.ts'
import type { ServiceTarget } from './service-target.ts'

/** What one tenant's service should be: the resolved configuration and what the control plane adds to it. */
export interface DesiredService {
  readonly target: ServiceTarget
  readonly config: EcsConfig
  /** Ownership marks, the spec's labels, then the config's tags: all tags that the service carries for the user or for us. */
  readonly tags: Readonly<Record<string, string>>
  readonly suspended: boolean
  readonly restartToken?: string
}

export type DesiredServiceInput = Pick<TenantComputeSpec, 'tenantId' | 'labels' | 'suspended' | 'restartToken'> & {
  readonly config: EcsConfig
  readonly installation: string
}

/** Of a validated configuration. */
export function desiredService(input: DesiredServiceInput): DesiredService {
  const { config, labels, suspended = false, restartToken } = input
  return {
    target: resolveTarget(config, input),
    config,
    tags: { ...labels, ...config.tags, ...ownershipMarks(serviceOwnership(input)) },
    suspended,
    ...(restartToken === undefined ? {} : { restartToken }),
  }
}
