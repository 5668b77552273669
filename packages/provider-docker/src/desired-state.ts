import {
  type OperationOptions,
  type ReadOptions,
  type ResolvedSecrets,
  resolveSecrets,
  type TenantComputeSpec,
  type TenantRef,
} from '@landlord/compute-core'
import type { DockerConfig } from './docker-config.ts'
import { type NormalisedConfig, normaliseConfig } from './normalise-config.ts'

/** A tenant that is there, or was, and what it is to become. */
export interface WantedTenant {
  readonly tenant: TenantRef
  readonly spec: TenantComputeSpec
  readonly config: DockerConfig
}

/** What one operation wants of a tenant. */
export interface DesiredState {
  readonly config: NormalisedConfig
  /** How to get the image. */
  readonly source: Pick<DockerConfig, 'image' | 'pull_policy' | 'registry_auth'>
  /** Undefined while nothing runs that would need them. */
  readonly secrets: ResolvedSecrets | undefined
  readonly suspended: boolean
  /** Undefined: no wish. */
  readonly restartToken: string | undefined
  readonly tenantLabels: Readonly<Record<string, string>>
  readonly operationId: string
  readonly generation: number
  readonly onProgress: (message: string) => void
}

export async function desiredState(
  spec: TenantComputeSpec,
  config: DockerConfig,
  options: OperationOptions,
): Promise<DesiredState> {
  return {
    config: normaliseConfig(config),
    source: config,
    secrets: await neededSecrets(spec, options),
    suspended: spec.suspended ?? false,
    restartToken: spec.restartToken,
    tenantLabels: spec.labels ?? {},
    operationId: options.operationId,
    generation: options.generation,
    onProgress: options.onProgress ?? (() => {}),
  }
}

/** Undefined for a tenant that is suspended: that must not depend on whether a secret can be read. */
export async function neededSecrets(
  spec: TenantComputeSpec,
  options: ReadOptions,
): Promise<ResolvedSecrets | undefined> {
  return spec.suspended === true ? undefined : await resolveSecrets(spec, options)
}
