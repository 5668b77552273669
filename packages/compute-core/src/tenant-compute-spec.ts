import type { JsonObject } from './json.ts'

/** What one tenant should run, independent of the provider; what only one provider knows is in `providerConfig`. */
export interface TenantComputeSpec {
  /** The tenant's stable id; every resource name derives from it. */
  tenantId: string
  /** Name of the provider that the spec is meant for; another provider refuses it. */
  providerType: string
  /** Empty when `providerConfig` alone says what to run (Docker, ECS). */
  containers: ContainerSpec[]
  resources?: ResourceRequirements
  networking?: NetworkingSpec
  /** References, never values: a provider reads them with `resolveSecrets`. Needs `capabilities.secrets`. */
  secrets?: SecretReference[]
  /** The user's labels. Keys that start with `landlord.` are refused. */
  labels?: Record<string, string>
  /** The resolved configuration: the installation's defaults with the tenant's `compute_config` merged over them. */
  providerConfig: JsonObject
  /**
   * Compute is stopped and its size remembered; the configuration stays as it is. Default false. An `update` with it
   * suspends, an `update` without it resumes. Needs `capabilities.suspend`.
   */
  suspended?: boolean
  /**
   * Any text; an `update` with another one than before replaces the running copies without a change of configuration.
   * Remembered at the target, so that a repeated call does not restart twice. Absent: as it was. Needs
   * `capabilities.restart`.
   */
  restartToken?: string
}

export interface ContainerSpec {
  /** Unique within the spec. */
  name: string
  image: string
  command?: string[]
  args?: string[]
  env?: Record<string, string>
  ports?: ContainerPort[]
  resources?: ResourceRequirements
  healthCheck?: HealthCheckSpec
}

export interface ContainerPort {
  name?: string
  /** 1 to 65535. */
  containerPort: number
  /** Default `tcp`. */
  protocol?: 'tcp' | 'udp'
}

export interface ResourceRequirements {
  /** CPU in thousandths of a core: 1000 is one core. */
  cpuMillicores?: number
  /** Memory in MiB. */
  memoryMiB?: number
  /** Ephemeral storage in MiB. */
  storageMiB?: number
}

export interface HealthCheckSpec {
  command: string[]
  intervalSeconds?: number
  timeoutSeconds?: number
  retries?: number
  startPeriodSeconds?: number
}

export interface NetworkingSpec {
  ports?: ContainerPort[]
  /** Default false: nothing is reachable from outside the target's own network. */
  public?: boolean
}

export interface SecretReference {
  /** The environment variable that the container sees; unique within the spec. */
  name: string
  /** Where the value is, in one of the forms of `parseSecretReference`, e.g. `env:NAME`; never the value itself. */
  valueFrom: string
}
