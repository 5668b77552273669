import type { JsonObject } from '@landlord/compute-core'
import { deploymentOf, type NormalDeployment, rebalancesByDefault } from './deployment.ts'
import type { DesiredService } from './desired-service.ts'
import type {
  CapacityProviderItem,
  EcsConfig,
  LaunchType,
  LoadBalancerConfig,
  PlacementConstraintConfig,
  PlacementStrategyConfig,
  PropagateTags,
  ServiceConnectConfig,
  ServiceRegistryConfig,
} from './ecs-config.ts'
import { launchOf } from './launch.ts'
import { isReservedTag } from './provider-tags.ts'

/**
 * A service in the terms of the configuration and in the one form in which two can be compared: defaults filled in, sets
 * sorted. What is absent is not compared.
 */
export interface NormalService extends NormalLaunch {
  readonly cluster_arn: string
  readonly service_name: string
  readonly task_definition_arn: string
  readonly desired_count?: number
  readonly platform_version?: string
  readonly subnets: readonly string[]
  readonly security_groups: readonly string[]
  readonly assign_public_ip: boolean
  readonly deployment: NormalDeployment
  readonly load_balancers: readonly LoadBalancerConfig[]
  readonly service_registries: readonly ServiceRegistryConfig[]
  readonly service_connect?: ServiceConnectConfig
  readonly enable_execute_command: boolean
  readonly enable_ecs_managed_tags: boolean
  readonly propagate_tags: PropagateTags
  readonly availability_zone_rebalancing: boolean
  readonly placement_constraints: readonly PlacementConstraintConfig[]
  readonly placement_strategy: readonly PlacementStrategyConfig[]
  readonly health_check_grace_period_seconds: number
  /** The user's, without ownership marks, our notes and tags of others. */
  readonly tags: Readonly<Record<string, string>>
}

export interface NormalLaunch {
  readonly launch_type?: LaunchType
  readonly capacity_provider_strategy?: readonly CapacityProviderItem[]
}

export function normaliseDesired({ config, target, tags }: DesiredService): NormalService {
  const { desired_count, service_connect } = config
  const launch = launchOf(config)
  return {
    cluster_arn: target.clusterArn,
    service_name: target.serviceName,
    task_definition_arn: config.task_definition_arn,
    ...(desired_count === undefined ? {} : { desired_count }),
    ...normaliseLaunch(config),
    ...(launch.kind === 'fargate' || config.platform_version !== undefined
      ? { platform_version: config.platform_version ?? 'LATEST' }
      : {}),
    subnets: sorted(config.subnets),
    security_groups: sorted(config.security_groups),
    assign_public_ip: config.assign_public_ip ?? false,
    deployment: deploymentOf(config),
    load_balancers: sorted(config.load_balancers?.map(normaliseLoadBalancer)),
    service_registries: sorted(config.service_registries?.map(normaliseRegistry)),
    ...(service_connect === undefined ? {} : { service_connect: normaliseConnect(service_connect) }),
    enable_execute_command: config.enable_execute_command ?? false,
    enable_ecs_managed_tags: config.enable_ecs_managed_tags ?? false,
    propagate_tags: config.propagate_tags ?? 'none',
    availability_zone_rebalancing: config.availability_zone_rebalancing ?? rebalancesByDefault(config),
    placement_constraints: sorted(config.placement_constraints?.map(normaliseConstraint)),
    placement_strategy: (config.placement_strategy ?? []).map(normaliseStrategyRule),
    health_check_grace_period_seconds: config.health_check_grace_period_seconds ?? 0,
    tags: Object.fromEntries(Object.entries(tags).filter(([key]) => !isReservedTag(key))),
  }
}

/** As plain JSON, for diffs. */
export function toJson(normal: NormalService): JsonObject {
  return JSON.parse(JSON.stringify(normal)) as JsonObject
}

/** On-demand Fargate by a strategy is the same as by launch type: ECS can go to the one where it cannot go to the other. */
export function normaliseLaunch(
  config: Pick<EcsConfig, 'launch_type' | 'capacity_provider_strategy' | 'subnets'>,
): NormalLaunch {
  const launch = launchOf(config)
  switch (launch.kind) {
    case 'unset':
      return {}
    case 'hosts':
      return { launch_type: launch.launchType }
    case 'fargate':
    case 'providers': {
      const { strategy = [] } = launch
      if (strategy.every(({ capacity_provider }) => capacity_provider === 'FARGATE')) return { launch_type: 'FARGATE' }
      return {
        capacity_provider_strategy: sorted(
          strategy.map(({ capacity_provider, weight = 0, base = 0 }) => ({ capacity_provider, weight, base })),
        ),
      }
    }
  }
}

export function normaliseLoadBalancer(balancer: LoadBalancerConfig): LoadBalancerConfig {
  const { target_group_arn, container_name, container_port } = balancer
  return { target_group_arn, container_name, container_port }
}

export function normaliseRegistry(registry: ServiceRegistryConfig): ServiceRegistryConfig {
  const { registry_arn, port, container_name, container_port } = registry
  return {
    registry_arn,
    ...(port === undefined ? {} : { port }),
    ...(container_name === undefined ? {} : { container_name }),
    ...(container_port === undefined ? {} : { container_port }),
  }
}

export function normaliseConnect({ namespace, services = [] }: ServiceConnectConfig): ServiceConnectConfig {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    services: sorted(
      services.map(({ port_name, discovery_name = port_name, client_aliases = [] }) => ({
        port_name,
        discovery_name,
        client_aliases: sorted(
          client_aliases.map(({ port, dns_name }) => (dns_name === undefined ? { port } : { port, dns_name })),
        ),
      })),
    ),
  }
}

export function normaliseConstraint({ type, expression }: PlacementConstraintConfig): PlacementConstraintConfig {
  return expression === undefined ? { type } : { type, expression }
}

/** ECS may answer `CPU` for `cpu`, and takes `host` for `instanceId` (ECS API reference, PlacementStrategy). */
export function normaliseStrategyRule({ type, field }: PlacementStrategyConfig): PlacementStrategyConfig {
  if (field === undefined || type === 'random') return { type }
  if (type === 'binpack') return { type, field: field.toLowerCase() }
  return { type, field: field === 'host' ? 'instanceId' : field }
}

export function sorted<Item>(items: readonly Item[] = []): readonly Item[] {
  return items
    .map((item) => ({ item, key: JSON.stringify(item) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ item }) => item)
}
