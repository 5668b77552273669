import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import type { Rule } from './validation-rules.ts'
import { compatibilitiesOf } from './views/to-task-definition.ts'
import type { TaskDefinitionRecord } from './world.ts'

export interface ServiceSubject {
  readonly settings: Omit<CreateServiceRequest, 'tags'>
  readonly taskDefinition: TaskDefinitionRecord
}

const MOST_TASKS = 5_000

const isEc2 = ({ launchType, capacityProviderStrategy }: ServiceSubject['settings']): boolean =>
  launchType === 'EC2' || (launchType === undefined && capacityProviderStrategy === undefined)

/** What must hold of a service, on create and after an update, beyond the SDK's schemas. */
export const SERVICE_RULES: readonly Rule<ServiceSubject>[] = [
  {
    label: 'documented',
    refuses: ({ settings }) =>
      settings.launchType !== undefined &&
      (settings.capacityProviderStrategy?.length ?? 0) > 0 &&
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { desiredCount } }) =>
      desiredCount !== undefined &&
      (!Number.isInteger(desiredCount) || desiredCount < 0) &&
      'desiredCount must be at least 0.',
  },
  {
    label: 'inferred',
    // The quota of tasks for each service, which AWS raises on request; its words are not known.
    refuses: ({ settings: { desiredCount = 0 } }) =>
      desiredCount > MOST_TASKS && `The desired count cannot be greater than ${MOST_TASKS}.`,
  },
  {
    label: 'documented',
    refuses: ({ settings: { schedulingStrategy } }) =>
      schedulingStrategy === 'DAEMON' && 'This emulator does not run the DAEMON scheduling strategy.',
  },
  {
    label: 'invented',
    refuses: ({ settings: { deploymentController } }) =>
      deploymentController?.type !== undefined &&
      deploymentController.type !== 'ECS' &&
      `This emulator runs the ECS deployment controller only, not ${deploymentController.type}.`,
  },
  {
    label: 'invented',
    refuses: ({ settings: { deploymentConfiguration } }) =>
      deploymentConfiguration?.strategy !== undefined &&
      deploymentConfiguration.strategy !== 'ROLLING' &&
      `This emulator runs the ROLLING strategy only, not ${deploymentConfiguration.strategy}.`,
  },
  {
    label: 'documented',
    refuses: ({ settings: { launchType }, taskDefinition }) =>
      launchType === 'FARGATE' &&
      !compatibilitiesOf(taskDefinition.definition).includes('FARGATE') &&
      'Task definition does not support launch_type FARGATE.',
  },
  {
    label: 'documented',
    refuses: ({ settings, taskDefinition }) =>
      (taskDefinition.definition.networkMode === 'awsvpc') !==
        (settings.networkConfiguration?.awsvpcConfiguration?.subnets?.length ?? 0) > 0 &&
      'Network Configuration is not valid for the given networkMode of this task definition.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { networkConfiguration } }) =>
      (networkConfiguration?.awsvpcConfiguration?.subnets?.length ?? 0) > 16 && 'subnets can have at most 16 items.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { networkConfiguration } }) =>
      (networkConfiguration?.awsvpcConfiguration?.securityGroups?.length ?? 0) > 5 &&
      'securityGroups can have at most 5 items.',
  },
  {
    label: 'documented',
    refuses: ({ settings }) =>
      isEc2(settings) &&
      settings.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED' &&
      'Assign public IP is not supported for this launch type.',
  },
  {
    label: 'documented',
    refuses: ({ settings }) =>
      isEc2(settings) &&
      settings.platformVersion !== undefined &&
      'The platform version must be null when specifying an EC2 launch type.',
  },
  {
    label: 'inferred',
    refuses: ({ settings }) =>
      settings.healthCheckGracePeriodSeconds !== undefined &&
      (settings.loadBalancers?.length ?? 0) === 0 &&
      'Health check grace period is only valid for services configured to use load balancers',
  },
  {
    label: 'documented',
    refuses: ({ settings: { capacityProviderStrategy = [] } }) =>
      capacityProviderStrategy.length > 1 &&
      capacityProviderStrategy.every(({ weight }) => (weight ?? 0) === 0) &&
      'At least one capacity provider in the strategy must have a weight greater than 0.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { capacityProviderStrategy = [] } }) =>
      capacityProviderStrategy.filter(({ base }) => (base ?? 0) > 0).length > 1 &&
      'Only one capacity provider in a strategy can have a base defined.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { clientToken } }) =>
      clientToken !== undefined &&
      !/^[!-~]{1,36}$/.test(clientToken) &&
      'clientToken must be 1 to 36 characters of ASCII 33 to 126.',
  },
  {
    label: 'documented',
    refuses: ({ settings: { availabilityZoneRebalancing, deploymentConfiguration } }) =>
      availabilityZoneRebalancing === 'ENABLED' &&
      (deploymentConfiguration?.maximumPercent ?? 200) <= 100 &&
      'Availability Zone rebalancing requires a maximumPercent above 100.',
  },
]
