import type { CreateServiceRequest, DeploymentConfiguration } from '@aws-sdk/client-ecs'
import type { ClusterRecord, LaunchSettings, ServiceRecord } from './world.ts'

/** What ECS fills in when a service is created (captured; 200 and 100 per cent documented). */
export function withDefaults(
  { tags: _, ...request }: CreateServiceRequest,
  cluster: ClusterRecord,
  taskDefinition: string,
): ServiceRecord['settings'] {
  const { capacityProviderStrategy: asked, ...rest } = request
  const strategy =
    asked !== undefined && asked.length > 0
      ? asked
      : request.launchType === undefined && cluster.defaultCapacityProviderStrategy.length > 0
        ? cluster.defaultCapacityProviderStrategy
        : undefined
  const launchType = request.launchType ?? (strategy === undefined ? 'EC2' : undefined)
  const onFargate = launchType === 'FARGATE' || strategy?.some((item) => item.capacityProvider?.startsWith('FARGATE'))
  const deploymentConfiguration = deploymentDefaults(request.deploymentConfiguration)
  const single = (deploymentConfiguration.maximumPercent ?? 200) <= 100
  return {
    ...rest,
    taskDefinition,
    ...(launchType === undefined ? {} : { launchType }),
    ...(strategy === undefined ? {} : { capacityProviderStrategy: strategy }),
    ...(onFargate ? { platformVersion: request.platformVersion ?? 'LATEST' } : {}),
    ...(request.networkConfiguration === undefined
      ? {}
      : { networkConfiguration: networkDefaults(request.networkConfiguration) }),
    deploymentConfiguration,
    schedulingStrategy: request.schedulingStrategy ?? 'REPLICA',
    deploymentController: request.deploymentController ?? { type: 'ECS' },
    enableECSManagedTags: request.enableECSManagedTags ?? false,
    enableExecuteCommand: request.enableExecuteCommand ?? false,
    propagateTags: request.propagateTags ?? 'NONE',
    availabilityZoneRebalancing: request.availabilityZoneRebalancing ?? (single ? 'DISABLED' : 'ENABLED'),
  }
}

/** The defaults under what was given; an update's fragment is laid over what was there before (inferred). */
export function deploymentDefaults(
  given: DeploymentConfiguration | undefined,
  before: DeploymentConfiguration = {},
): DeploymentConfiguration {
  return {
    maximumPercent: 200,
    minimumHealthyPercent: 100,
    strategy: 'ROLLING',
    bakeTimeInMinutes: 0,
    ...before,
    ...given,
    deploymentCircuitBreaker: given?.deploymentCircuitBreaker ??
      before.deploymentCircuitBreaker ?? { enable: false, rollback: false },
  }
}

/** `assignPublicIp` is DISABLED wherever it is left out, on updates too (documented). */
export function networkDefaults(
  network: NonNullable<CreateServiceRequest['networkConfiguration']>,
): NonNullable<CreateServiceRequest['networkConfiguration']> {
  const vpc = network.awsvpcConfiguration
  if (vpc === undefined) return network
  return { awsvpcConfiguration: { securityGroups: [], assignPublicIp: 'DISABLED', ...vpc } }
}

/** The settings of a service that is to launch again what one of its deployments launched: `launchOf` turned round. */
export function settingsLaunching(
  { launchType, ...launch }: LaunchSettings,
  settings: ServiceRecord['settings'],
): ServiceRecord['settings'] {
  const {
    launchType: _launchType,
    capacityProviderStrategy: _strategy,
    platformVersion: _version,
    networkConfiguration: _network,
    serviceConnectConfiguration: _serviceConnect,
    ...kept
  } = settings
  const type = launchType as NonNullable<ServiceRecord['settings']['launchType']> | undefined
  return { ...kept, ...launch, ...(type === undefined ? {} : { launchType: type }) }
}

/** What a deployment of a service with these settings launches. */
export function launchOf(settings: ServiceRecord['settings']): LaunchSettings {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = settings
  const { serviceConnectConfiguration } = settings
  return {
    taskDefinition: settings.taskDefinition ?? '',
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
    loadBalancers: settings.loadBalancers ?? [],
    serviceRegistries: settings.serviceRegistries ?? [],
    ...(serviceConnectConfiguration === undefined ? {} : { serviceConnectConfiguration }),
  }
}
