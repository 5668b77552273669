/** What a tenant's `compute_config` says, as `ecsConfigSchema` describes it. */
export interface EcsConfig {
  readonly cluster_arn: string
  readonly task_definition_arn: string
  /** The whole name; not together with `service_name_prefix`. */
  readonly service_name?: string
  /** Default `landlord-tenant-`. */
  readonly service_name_prefix?: string
  /** Must be the cluster's; absent: taken from `cluster_arn`. */
  readonly region?: string
  /** Absent: 1 at creation, then whatever an autoscaler makes of it. */
  readonly desired_count?: number
  readonly launch_type?: LaunchType
  readonly capacity_provider_strategy?: readonly CapacityProviderItem[]
  readonly platform_version?: string
  readonly subnets?: readonly string[]
  readonly security_groups?: readonly string[]
  readonly assign_public_ip?: boolean
  readonly tags?: Readonly<Record<string, string>>
  readonly assume_role?: AssumeRoleConfig
  readonly deployment?: DeploymentConfig
  readonly load_balancers?: readonly LoadBalancerConfig[]
  readonly service_registries?: readonly ServiceRegistryConfig[]
  readonly service_connect?: ServiceConnectConfig
  readonly enable_execute_command?: boolean
  readonly enable_ecs_managed_tags?: boolean
  readonly propagate_tags?: PropagateTags
  readonly availability_zone_rebalancing?: boolean
  readonly placement_constraints?: readonly PlacementConstraintConfig[]
  readonly placement_strategy?: readonly PlacementStrategyConfig[]
  readonly health_check_grace_period_seconds?: number
  /** Default true: the service is deleted with its tasks in one call. */
  readonly force_delete?: boolean
  /** Default true. False: an accepted change counts as done. */
  readonly wait_for_steady_state?: boolean
  /** Default `rollback`. */
  readonly on_failed_update?: 'rollback' | 'leave'
  /** Default `refuse`: what cannot be changed in place is an error. `allow`: the service is deleted and made anew. */
  readonly replace?: 'refuse' | 'allow'
}

export type LaunchType = 'FARGATE' | 'EC2' | 'EXTERNAL'
export type PropagateTags = 'none' | 'service' | 'task_definition'

export interface CapacityProviderItem {
  readonly capacity_provider: string
  /** Default 0. */
  readonly weight?: number
  /** Default 0. */
  readonly base?: number
}

export interface AssumeRoleConfig {
  readonly role_arn: string
  readonly external_id?: string
  /** Default: names the installation and the tenant. */
  readonly session_name?: string
}

interface DeploymentConfig {
  /** Default 100. */
  readonly minimum_healthy_percent?: number
  /** Default 200. */
  readonly maximum_percent?: number
  /** Default: on, with rollback as `on_failed_update` says. */
  readonly circuit_breaker?: { readonly enable: boolean; readonly rollback?: boolean }
  readonly alarms?: { readonly names: readonly string[]; readonly enable?: boolean; readonly rollback?: boolean }
}

export interface LoadBalancerConfig {
  readonly target_group_arn: string
  readonly container_name: string
  readonly container_port: number
}

export interface ServiceRegistryConfig {
  readonly registry_arn: string
  readonly port?: number
  readonly container_name?: string
  readonly container_port?: number
}

export interface ServiceConnectConfig {
  readonly namespace?: string
  readonly services?: readonly ServiceConnectServiceConfig[]
}

interface ServiceConnectServiceConfig {
  readonly port_name: string
  readonly discovery_name?: string
  readonly client_aliases?: readonly { readonly port: number; readonly dns_name?: string }[]
}

export interface PlacementConstraintConfig {
  readonly type: 'distinctInstance' | 'memberOf'
  readonly expression?: string
}

export interface PlacementStrategyConfig {
  readonly type: 'random' | 'spread' | 'binpack'
  readonly field?: string
}
