import type {
  ServiceDeployment,
  ServiceDeploymentBrief,
  ServiceRevision,
  ServiceRevisionSummary,
} from '@aws-sdk/client-ecs'
import { breakerThreshold } from '../deployment-rollout.ts'
import type { Simulation } from '../simulation.ts'
import type { ServiceDeploymentRecord, ServiceRevisionRecord } from '../world.ts'
import { resolved } from './to-service.ts'

export function toServiceDeploymentBrief(record: ServiceDeploymentRecord): ServiceDeploymentBrief {
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: record.serviceArn,
    clusterArn: record.clusterArn,
    createdAt: new Date(record.createdAt),
    startedAt: new Date(record.createdAt),
    ...(record.finishedAt === undefined ? {} : { finishedAt: new Date(record.finishedAt) }),
    targetServiceRevisionArn: record.targetRevisionArn,
    status: record.status,
    ...(record.statusReason === undefined ? {} : { statusReason: record.statusReason }),
  }
}

export function toServiceDeployment(simulation: Simulation, record: ServiceDeploymentRecord): ServiceDeployment {
  const { targetServiceRevisionArn: _, ...brief } = toServiceDeploymentBrief(record)
  const service = simulation.world.services[record.serviceArn]
  const { rollback } = record
  return {
    ...brief,
    updatedAt: new Date(record.updatedAt),
    sourceServiceRevisions: record.sourceRevisionArns.map((arn) => counts(simulation, arn)),
    targetServiceRevision: counts(simulation, record.targetRevisionArn),
    deploymentConfiguration: service?.settings.deploymentConfiguration,
    ...(rollback === undefined
      ? {}
      : {
          rollback: {
            reason: rollback.reason,
            startedAt: new Date(rollback.startedAt),
            serviceRevisionArn: rollback.revisionArn,
          },
        }),
    deploymentCircuitBreaker: {
      status: record.breaker,
      failureCount: record.failureCount,
      threshold: service === undefined ? 0 : breakerThreshold(service),
    },
  }
}

function counts({ world }: Simulation, arn: string): ServiceRevisionSummary {
  const service = world.services[world.serviceRevisions[arn]?.serviceArn ?? '']
  const deployment = service?.deployments.find(({ revisionArn }) => revisionArn === arn)
  const tasks = (service?.taskArns ?? []).flatMap((taskArn) => world.tasks[taskArn] ?? [])
  const own = tasks.filter(({ deploymentId }) => deployment !== undefined && deploymentId === deployment.id)
  return {
    arn,
    requestedTaskCount: deployment?.status === 'PRIMARY' ? service?.desiredCount : own.length,
    runningTaskCount: own.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pendingTaskCount: own.filter(({ lastStatus }) => lastStatus === 'PENDING' || lastStatus === 'PROVISIONING').length,
  }
}

export function toServiceRevision(
  { world }: Simulation,
  { launch, ...record }: ServiceRevisionRecord,
): ServiceRevision {
  const definition = world.taskDefinitions[launch.taskDefinition]?.definition
  const { taskDefinition, launchType, platformVersion, ...rest } = launch
  return {
    serviceRevisionArn: record.arn,
    serviceArn: record.serviceArn,
    clusterArn: record.clusterArn,
    createdAt: new Date(record.createdAt),
    taskDefinition,
    ...rest,
    ...(launchType === undefined ? {} : { launchType: launchType as NonNullable<ServiceRevision['launchType']> }),
    ...(platformVersion === undefined ? {} : { platformVersion: resolved(platformVersion), platformFamily: 'Linux' }),
    containerImages: (definition?.containerDefinitions ?? []).map(({ name, image }) => ({
      containerName: name,
      image,
    })),
    guardDutyEnabled: false,
  }
}
