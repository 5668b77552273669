import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { Simulation } from '../simulation.ts'
import type { DeploymentRecord, LaunchSettings, ServiceRecord, TaskRecord } from '../world.ts'

/** A service as Create, Update, Delete and Describe show it; tags are added by those that show them. */
export function toService(simulation: Simulation, service: ServiceRecord): Service {
  const { settings } = service
  const tasks = service.taskArns.flatMap((arn) => simulation.world.tasks[arn] ?? [])
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  const launch = primary?.launch
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desiredCount,
    runningCount: tasks.filter(isRunning).length,
    pendingCount: tasks.filter(isPending).length,
    taskDefinition: settings.taskDefinition,
    ...(launch === undefined ? {} : placed(launch)),
    loadBalancers: settings.loadBalancers ?? [],
    serviceRegistries: settings.serviceRegistries ?? [],
    ...(settings.platformVersion === undefined
      ? {}
      : { platformVersion: settings.platformVersion, platformFamily: 'Linux' }),
    deploymentConfiguration: settings.deploymentConfiguration,
    deployments: service.deployments.map((deployment) => toDeployment(service, deployment, tasks)),
    events: service.events.map(({ id, createdAt, message }) => ({ id, createdAt: new Date(createdAt), message })),
    createdAt: new Date(service.createdAt),
    createdBy: `arn:aws:iam::${simulation.account.id}:root`,
    placementConstraints: settings.placementConstraints ?? [],
    placementStrategy: settings.placementStrategy ?? [],
    networkConfiguration: settings.networkConfiguration,
    ...(settings.healthCheckGracePeriodSeconds === undefined
      ? {}
      : { healthCheckGracePeriodSeconds: settings.healthCheckGracePeriodSeconds }),
    schedulingStrategy: settings.schedulingStrategy,
    deploymentController: settings.deploymentController,
    roleArn: `arn:aws:iam::${simulation.account.id}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    enableECSManagedTags: settings.enableECSManagedTags,
    propagateTags: settings.propagateTags,
    enableExecuteCommand: settings.enableExecuteCommand,
    availabilityZoneRebalancing: settings.availabilityZoneRebalancing,
    ...currentDeployment(service, tasks),
    ...(simulation.quirks().instantStability === true ? pretendStable(service, tasks) : {}),
  }
}

/** The quirk `instantStability`: everything wanted runs, in one completed deployment. */
function pretendStable(service: ServiceRecord, tasks: readonly TaskRecord[]): Partial<Service> {
  const { desiredCount, deployments } = service
  const counts = { runningCount: desiredCount, pendingCount: 0 }
  const primary = deployments.find(({ status }) => status === 'PRIMARY')
  if (primary === undefined || service.status !== 'ACTIVE') return {}
  const rolloutStateReason = `ECS deployment ${primary.id} completed.`
  const deployment = toDeployment(service, primary, tasks)
  return {
    ...counts,
    deployments: [{ ...deployment, ...counts, failedTasks: 0, rolloutState: 'COMPLETED', rolloutStateReason }],
  }
}

const isRunning = (task: TaskRecord): boolean => task.lastStatus === 'RUNNING'
const isPending = (task: TaskRecord): boolean => task.lastStatus === 'PROVISIONING' || task.lastStatus === 'PENDING'

/** `launchType` is left out where a strategy is used, and the other way round (documented). */
function placed({
  launchType,
  capacityProviderStrategy,
}: LaunchSettings): Pick<Service, 'launchType' | 'capacityProviderStrategy'> {
  if (capacityProviderStrategy !== undefined) return { capacityProviderStrategy }
  return launchType === undefined ? {} : { launchType: launchType as NonNullable<Service['launchType']> }
}

function toDeployment(service: ServiceRecord, deployment: DeploymentRecord, tasks: readonly TaskRecord[]): Deployment {
  const own = tasks.filter((task) => task.deploymentId === deployment.id)
  const { launch } = deployment
  const onFargate = launch.platformVersion !== undefined
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: launch.taskDefinition,
    desiredCount:
      deployment.status === 'PRIMARY'
        ? service.desiredCount
        : own.filter((task) => task.desiredStatus === 'RUNNING').length,
    runningCount: own.filter(isRunning).length,
    pendingCount: own.filter(isPending).length,
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    ...placed(launch),
    // Captured: LATEST on the service, the version that it means on the deployment.
    ...(onFargate ? { platformVersion: resolved(launch.platformVersion), platformFamily: 'Linux' } : {}),
    networkConfiguration: launch.networkConfiguration,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    ...(launch.serviceConnectConfiguration === undefined
      ? {}
      : { serviceConnectConfiguration: launch.serviceConnectConfiguration }),
  }
}

/** The platform version that LATEST stands for (captured). */
export const resolved = (version: string | undefined): string =>
  version === undefined || version === 'LATEST' ? '1.4.0' : version

function currentDeployment(service: ServiceRecord, tasks: readonly TaskRecord[]): Partial<Service> {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  if (primary === undefined || service.status !== 'ACTIVE') return {}
  return {
    ...(primary.rolloutState === 'IN_PROGRESS' ? { currentServiceDeployment: primary.serviceDeploymentArn } : {}),
    currentServiceRevisions: service.deployments.map(({ id, status, revisionArn }) => {
      const own = tasks.filter((task) => task.deploymentId === id)
      return {
        arn: revisionArn,
        requestedTaskCount: status === 'PRIMARY' ? service.desiredCount : own.length,
        runningTaskCount: own.filter(isRunning).length,
        pendingTaskCount: own.filter(isPending).length,
      }
    }),
  }
}
