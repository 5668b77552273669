import type {
  CapacityProviderStrategyItem,
  CreateServiceCommandInput,
  DeploymentConfiguration,
  NetworkConfiguration,
  PropagateTags,
  ServiceConnectConfiguration,
} from '@aws-sdk/client-ecs'
import { deploymentOf, rebalancesByDefault } from './deployment.ts'
import type { CapacityProviderItem, EcsConfig, ServiceConnectConfig } from './ecs-config.ts'

/** Whole, as ECS replaces it whole; what it leaves out of this would become a default. */
export function toNetworkConfiguration(config: EcsConfig): NetworkConfiguration | undefined {
  if (config.subnets === undefined) return undefined
  return {
    awsvpcConfiguration: {
      subnets: [...config.subnets],
      securityGroups: [...(config.security_groups ?? [])],
      assignPublicIp: config.assign_public_ip === true ? 'ENABLED' : 'DISABLED',
    },
  }
}

/** `alarms` only where there are some, or were and have to go: its names must be given. */
export function toDeploymentConfiguration(
  config: EcsConfig,
  { clearAlarms = false }: { readonly clearAlarms?: boolean } = {},
): DeploymentConfiguration {
  const { minimum_healthy_percent, maximum_percent, circuit_breaker, alarms } = deploymentOf(config)
  return {
    minimumHealthyPercent: minimum_healthy_percent,
    maximumPercent: maximum_percent,
    deploymentCircuitBreaker: { ...circuit_breaker },
    ...(alarms.enable || clearAlarms
      ? { alarms: { alarmNames: [...alarms.names], enable: alarms.enable, rollback: alarms.rollback } }
      : {}),
  }
}

export function toStrategy(items: readonly CapacityProviderItem[]): CapacityProviderStrategyItem[] {
  return items.map(({ capacity_provider, weight = 0, base = 0 }) => ({
    capacityProvider: capacity_provider,
    weight,
    base,
  }))
}

/** Undefined switches it off, which has to be said. */
export function toServiceConnect(connect: ServiceConnectConfig | undefined): ServiceConnectConfiguration {
  if (connect === undefined) return { enabled: false }
  const { namespace, services = [] } = connect
  return {
    enabled: true,
    ...(namespace === undefined ? {} : { namespace }),
    services: services.map(({ port_name, discovery_name, client_aliases = [] }) => ({
      portName: port_name,
      ...(discovery_name === undefined ? {} : { discoveryName: discovery_name }),
      clientAliases: client_aliases.map(({ port, dns_name }) =>
        dns_name === undefined ? { port } : { port, dnsName: dns_name },
      ),
    })),
  }
}

type PlainSettings = Required<
  Pick<
    CreateServiceCommandInput,
    | 'loadBalancers'
    | 'serviceRegistries'
    | 'placementConstraints'
    | 'placementStrategy'
    | 'enableExecuteCommand'
    | 'enableECSManagedTags'
    | 'propagateTags'
    | 'availabilityZoneRebalancing'
  >
>

/** What is always said; an empty list removes. */
export function toPlainSettings(config: EcsConfig): PlainSettings {
  const rebalance = config.availability_zone_rebalancing ?? rebalancesByDefault(config)
  return {
    loadBalancers: (config.load_balancers ?? []).map(({ target_group_arn, container_name, container_port }) => ({
      targetGroupArn: target_group_arn,
      containerName: container_name,
      containerPort: container_port,
    })),
    serviceRegistries: (config.service_registries ?? []).map(
      ({ registry_arn, port, container_name, container_port }) => ({
        registryArn: registry_arn,
        ...(port === undefined ? {} : { port }),
        ...(container_name === undefined ? {} : { containerName: container_name }),
        ...(container_port === undefined ? {} : { containerPort: container_port }),
      }),
    ),
    placementConstraints: (config.placement_constraints ?? []).map((constraint) => ({ ...constraint })),
    placementStrategy: (config.placement_strategy ?? []).map((rule) => ({ ...rule })),
    enableExecuteCommand: config.enable_execute_command ?? false,
    enableECSManagedTags: config.enable_ecs_managed_tags ?? false,
    propagateTags: (config.propagate_tags ?? 'none').toUpperCase() as PropagateTags,
    availabilityZoneRebalancing: rebalance ? 'ENABLED' : 'DISABLED',
  }
}
