import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs'
import type { DesiredService } from './desired-service.ts'
import { launchOf } from './launch.ts'
import { noteTagKeys, PROVIDER_TAGS, restartMark } from './provider-tags.ts'
import {
  toDeploymentConfiguration,
  toNetworkConfiguration,
  toPlainSettings,
  toServiceConnect,
  toStrategy,
} from './to-service-settings.ts'

const DEFAULT_COUNT = 1

/** The same input for the same desired service: with the same token, ECS takes a second call for the first. */
export function toCreateServiceInput(
  desired: DesiredService,
  { clientToken }: { readonly clientToken: string },
): CreateServiceCommandInput {
  const { config, target, suspended } = desired
  const { platform_version, service_connect, health_check_grace_period_seconds } = config
  const network = toNetworkConfiguration(config)
  return {
    clientToken,
    cluster: target.clusterArn,
    serviceName: target.serviceName,
    taskDefinition: config.task_definition_arn,
    desiredCount: suspended ? 0 : (config.desired_count ?? DEFAULT_COUNT),
    ...toLaunch(config),
    ...(platform_version === undefined ? {} : { platformVersion: platform_version }),
    ...(network === undefined ? {} : { networkConfiguration: network }),
    deploymentConfiguration: toDeploymentConfiguration(config),
    ...toPlainSettings(config),
    ...(service_connect === undefined ? {} : { serviceConnectConfiguration: toServiceConnect(service_connect) }),
    ...(health_check_grace_period_seconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: health_check_grace_period_seconds }),
    tags: Object.entries(tagsAtCreation(desired)).map(([key, value]) => ({ key, value })),
  }
}

function toLaunch(
  config: DesiredService['config'],
): Pick<CreateServiceCommandInput, 'launchType' | 'capacityProviderStrategy'> {
  const launch = launchOf(config)
  switch (launch.kind) {
    case 'unset':
      return {}
    case 'hosts':
      return { launchType: launch.launchType }
    case 'providers':
      return { capacityProviderStrategy: toStrategy(launch.strategy) }
    case 'fargate':
      return launch.strategy === undefined
        ? { launchType: 'FARGATE' }
        : { capacityProviderStrategy: toStrategy(launch.strategy) }
  }
}

function tagsAtCreation({ tags, suspended, restartToken, config }: DesiredService): Record<string, string> {
  const note = noteTagKeys(Object.keys(tags))
  return {
    ...tags,
    ...(note === undefined ? {} : { [PROVIDER_TAGS.tagKeys]: note }),
    ...(suspended ? { [PROVIDER_TAGS.suspendedCount]: String(config.desired_count ?? DEFAULT_COUNT) } : {}),
    ...(restartToken === undefined ? {} : { [PROVIDER_TAGS.restartToken]: restartMark(restartToken) }),
  }
}
