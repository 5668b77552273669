import { createHash } from 'node:crypto'
import { RunTaskCommand } from '@aws-sdk/client-ecs'
import {
  TAG_BACKEND,
  TAG_CONTAINER_ID,
  TAG_CONTAINER_NAME,
  TAG_CREATED_AT,
  TAG_IMAGE_ID,
  TAG_RUN,
} from '../aws/ownership-tags.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { explainStartFailure } from './explain-start-failure.ts'
import { startedBy } from './own-tasks.ts'

/** The number under which ECS knows a run. */
export const runNumberOf = ({ unsureRun, runs }: Pick<ContainerRecord, 'unsureRun' | 'runs'>): number =>
  unsureRun ?? runs

/** Resolves with the task's ARN; with the same one for the same run. Throws a `DockerError` that says what to do. */
export async function runTask(
  { aws, settings, instance, networks }: Pick<ContainerDeps, 'aws' | 'settings' | 'instance' | 'networks'>,
  record: ContainerRecord,
): Promise<string> {
  const { cluster, subnets, security_groups: own, assign_public_ip: isPublic } = settings.ecs
  const groups = networks.securityGroups(record.networks.map(({ networkId }) => networkId))
  const run = runNumberOf(record)
  const tags = {
    [TAG_BACKEND]: instance,
    [TAG_CONTAINER_ID]: record.id,
    [TAG_CONTAINER_NAME]: record.name,
    [TAG_CREATED_AT]: record.createdAt,
    [TAG_RUN]: String(run),
    [TAG_IMAGE_ID]: record.imageId,
  }
  const { tasks = [], failures = [] } = await aws.ecs('write').send(
    new RunTaskCommand({
      cluster,
      taskDefinition: record.taskDefinitionArn,
      count: 1,
      launchType: 'FARGATE',
      clientToken: createHash('sha256').update(`${record.id}/${run}`).digest('hex').slice(0, 32),
      startedBy: startedBy(instance),
      // ExecuteCommand works with the task's role; without one ECS refuses to have it enabled.
      enableExecuteCommand: settings.ecs.task_role_arn !== undefined,
      propagateTags: 'NONE',
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...subnets],
          securityGroups: [...new Set([...own, ...groups])],
          assignPublicIp: isPublic ? 'ENABLED' : 'DISABLED',
        },
      },
      tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
    }),
  )
  const [task] = tasks
  if (task?.taskArn !== undefined) return task.taskArn
  const [failure] = failures
  const reason = [failure?.reason, failure?.detail].filter((part) => part !== undefined).join(': ')
  throw explainStartFailure(`ecs: run task: ${reason || 'ECS started nothing and gave no reason'}`)
}
