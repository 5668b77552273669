/** A tenant's resolved configuration as `dockerConfigSchema` describes it; units and defaults are there. */
export interface DockerConfig {
  readonly image: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly ports?: readonly PortConfig[]
  readonly volumes?: readonly VolumeConfig[]
  readonly network_mode?: 'bridge' | 'none'
  readonly restart_policy?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly working_dir?: string
  readonly user?: string
  readonly health_check?: HealthCheckConfig
  readonly resources?: ResourcesConfig
  readonly pull_policy?: PullPolicy
  readonly registry_auth?: RegistryAuthConfig
  readonly stop_timeout_seconds?: number
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly cap_add?: readonly string[]
  readonly extra_hosts?: readonly string[]
}

type PullPolicy = 'always' | 'if_not_present' | 'never'

export interface PortConfig {
  readonly container_port: number
  readonly host_port?: number
  readonly protocol?: 'tcp' | 'udp' | 'http' | 'https'
  readonly host_ip?: string
}

export interface VolumeConfig {
  readonly type?: 'volume' | 'bind' | 'tmpfs'
  readonly source?: string
  readonly target: string
  readonly read_only?: boolean
  readonly size?: number
}

export interface HealthCheckConfig {
  readonly command?: readonly string[]
  readonly disabled?: boolean
  readonly interval_seconds?: number
  readonly timeout_seconds?: number
  readonly retries?: number
  readonly start_period_seconds?: number
}

interface ResourcesConfig {
  readonly cpu?: number
  readonly memory?: number
  readonly pids?: number
}

export interface RegistryAuthConfig {
  readonly username: string
  readonly password: string
  readonly server?: string
}
