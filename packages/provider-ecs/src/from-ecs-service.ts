import type { Service } from '@aws-sdk/client-ecs'
import type { NormalDeployment } from './deployment.ts'
import type {
  LaunchType,
  LoadBalancerConfig,
  PlacementConstraintConfig,
  PlacementStrategyConfig,
  PropagateTags,
  ServiceRegistryConfig,
} from './ecs-config.ts'
import { comparableConnect, liveConnect } from './live-connect.ts'
import {
  type NormalLaunch,
  type NormalService,
  normaliseConstraint,
  normaliseLaunch,
  normaliseLoadBalancer,
  normaliseRegistry,
  normaliseStrategyRule,
  sorted,
} from './normal-service.ts'
import { isReservedTag, notedTagKeys, PROVIDER_TAGS, readTags } from './provider-tags.ts'
import { rememberedCount } from './suspension.ts'

/**
 * A service as ECS describes it, with its tags, in the normal form. With `desired`, what that leaves to ECS or to others is
 * left out, so that both can be compared. A suspended service has the size that it will come back with.
 */
export function fromEcsService(service: Service, desired?: NormalService): NormalService {
  const network = service.networkConfiguration?.awsvpcConfiguration
  const live: NormalService = {
    cluster_arn: service.clusterArn ?? '',
    service_name: service.serviceName ?? '',
    task_definition_arn: service.taskDefinition ?? '',
    desired_count: rememberedCount(service) ?? service.desiredCount ?? 0,
    ...liveLaunch(service),
    ...(service.platformVersion === undefined ? {} : { platform_version: service.platformVersion }),
    subnets: sorted(network?.subnets),
    security_groups: sorted(network?.securityGroups),
    assign_public_ip: network?.assignPublicIp === 'ENABLED',
    deployment: liveDeployment(service),
    load_balancers: liveLoadBalancers(service),
    service_registries: liveRegistries(service),
    ...liveConnect(service),
    enable_execute_command: service.enableExecuteCommand ?? false,
    enable_ecs_managed_tags: service.enableECSManagedTags ?? false,
    propagate_tags: (service.propagateTags ?? 'NONE').toLowerCase() as PropagateTags,
    // "If the service never had a value set, Amazon ECS treats this as DISABLED" (ECS API reference, UpdateService).
    availability_zone_rebalancing: service.availabilityZoneRebalancing === 'ENABLED',
    placement_constraints: livePlacementConstraints(service),
    placement_strategy: livePlacementStrategy(service),
    health_check_grace_period_seconds: service.healthCheckGracePeriodSeconds ?? 0,
    tags: ownTags(service, desired),
  }
  return desired === undefined ? live : comparable(live, desired)
}

function comparable(live: NormalService, desired: NormalService): NormalService {
  const { desired_count, launch_type, capacity_provider_strategy, platform_version, service_connect, ...rest } = live
  const placed = desired.launch_type !== undefined || desired.capacity_provider_strategy !== undefined
  return {
    ...rest,
    ...(desired.desired_count === undefined || desired_count === undefined ? {} : { desired_count }),
    ...(placed && launch_type !== undefined ? { launch_type } : {}),
    ...(placed && capacity_provider_strategy !== undefined ? { capacity_provider_strategy } : {}),
    ...(desired.platform_version === undefined || platform_version === undefined ? {} : { platform_version }),
    ...(service_connect === undefined
      ? {}
      : { service_connect: comparableConnect(service_connect, desired.service_connect) }),
    // ECS keeps it when the last load balancer goes.
    health_check_grace_period_seconds: desired.load_balancers.length === 0 ? 0 : live.health_check_grace_period_seconds,
  }
}

function liveLaunch({ launchType, capacityProviderStrategy = [] }: Service): NormalLaunch {
  if (capacityProviderStrategy.length === 0) {
    return launchType === undefined ? {} : { launch_type: launchType as LaunchType }
  }
  return normaliseLaunch({
    capacity_provider_strategy: capacityProviderStrategy.map(({ capacityProvider = '', weight = 0, base = 0 }) => ({
      capacity_provider: capacityProvider,
      weight,
      base,
    })),
  })
}

function liveDeployment({ deploymentConfiguration = {} }: Service): NormalDeployment {
  const {
    minimumHealthyPercent = 100,
    maximumPercent = 200,
    deploymentCircuitBreaker,
    alarms,
  } = deploymentConfiguration
  const breaks = deploymentCircuitBreaker?.enable ?? false
  const watches = alarms?.enable ?? false
  return {
    minimum_healthy_percent: minimumHealthyPercent,
    maximum_percent: maximumPercent,
    circuit_breaker: { enable: breaks, rollback: breaks && (deploymentCircuitBreaker?.rollback ?? false) },
    alarms: {
      names: watches ? [...(alarms?.alarmNames ?? [])].sort() : [],
      enable: watches,
      rollback: watches && (alarms?.rollback ?? false),
    },
  }
}

function liveLoadBalancers({ loadBalancers = [] }: Service): readonly LoadBalancerConfig[] {
  return sorted(
    loadBalancers.map(({ targetGroupArn = '', containerName = '', containerPort = 0 }) =>
      normaliseLoadBalancer({
        target_group_arn: targetGroupArn,
        container_name: containerName,
        container_port: containerPort,
      }),
    ),
  )
}

function liveRegistries({ serviceRegistries = [] }: Service): readonly ServiceRegistryConfig[] {
  return sorted(
    serviceRegistries.map(({ registryArn = '', port, containerName, containerPort }) =>
      normaliseRegistry({
        registry_arn: registryArn,
        ...(port === undefined ? {} : { port }),
        ...(containerName === undefined ? {} : { container_name: containerName }),
        ...(containerPort === undefined ? {} : { container_port: containerPort }),
      }),
    ),
  )
}

function livePlacementConstraints({ placementConstraints = [] }: Service): readonly PlacementConstraintConfig[] {
  return sorted(
    placementConstraints.map(({ type, expression }) =>
      normaliseConstraint({
        type: type as PlacementConstraintConfig['type'],
        ...(expression === undefined ? {} : { expression }),
      }),
    ),
  )
}

function livePlacementStrategy({ placementStrategy = [] }: Service): readonly PlacementStrategyConfig[] {
  return placementStrategy.map(({ type, field }) =>
    normaliseStrategyRule({
      type: type as PlacementStrategyConfig['type'],
      ...(field === undefined ? {} : { field }),
    }),
  )
}

/** Those that we set before and those that are wanted; every other one belongs to somebody else. */
function ownTags(service: Service, desired: NormalService | undefined): Record<string, string> {
  const tags = readTags(service)
  const isOurs = notedTagKeys(tags[PROVIDER_TAGS.tagKeys])
  return Object.fromEntries(
    Object.entries(tags).filter(
      ([key]) => !isReservedTag(key) && (isOurs(key) || Object.hasOwn(desired?.tags ?? {}, key)),
    ),
  )
}
