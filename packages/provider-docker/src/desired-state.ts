import type { OperationOptions, TenantComputeSpec } from '@landlord/compute-core'
import type { DockerConfig } from './docker-config.ts'
import { type NormalisedConfig, normaliseConfig } from './normalise-config.ts'

/** What one operation wants of a tenant. */
export interface DesiredState {
  readonly config: NormalisedConfig
  /** How to get the image. */
  readonly source: Pick<DockerConfig, 'image' | 'pull_policy' | 'registry_auth'>
  readonly suspended: boolean
  /** Undefined: no wish. */
  readonly restartToken: string | undefined
  readonly tenantLabels: Readonly<Record<string, string>>
  readonly operationId: string
  readonly generation: number
  readonly onProgress: (message: string) => void
}

export function desiredState(spec: TenantComputeSpec, config: DockerConfig, options: OperationOptions): DesiredState {
  return {
    config: normaliseConfig(config),
    source: config,
    suspended: spec.suspended ?? false,
    restartToken: spec.restartToken,
    tenantLabels: spec.labels ?? {},
    operationId: options.operationId,
    generation: options.generation,
    onProgress: options.onProgress ?? (() => {}),
  }
}
