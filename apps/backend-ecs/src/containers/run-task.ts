import { createHash } from 'node:crypto'
import { RunTaskCommand, type TaskOverride } from '@aws-sdk/client-ecs'
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
import { CONTAINER_NAME } from './definition/to-container-definition.ts'
import { explainStartFailure } from './explain-start-failure.ts'
import { startedBy } from './own-tasks.ts'

/** The number under which ECS knows a run. */
export const runNumberOf = ({ unsureRun, runs }: Pick<ContainerRecord, 'unsureRun' | 'runs'>): number =>
  unsureRun ?? runs

/**
 * The VPC's resolver knows no search domains; the C library of GNU reads them from `LOCALDOMAIN`, unless the container has one
 * of its own. They are those of the networks at the start, not at `create`.
 */
function toOverrides({ config }: ContainerRecord, domains: readonly string[]): { overrides?: TaskOverride } {
  const hasOwn = (config.Env ?? []).some((entry) => entry.split('=')[0] === SEARCH_DOMAINS)
  if (domains.length === 0 || hasOwn) return {}
  const environment = [{ name: SEARCH_DOMAINS, value: domains.join(' ') }]
  return { overrides: { containerOverrides: [{ name: CONTAINER_NAME, environment }] } }
}

const SEARCH_DOMAINS = 'LOCALDOMAIN'

/** Resolves with the task's ARN; with the same one for the same run. Throws a `DockerError` that says what to do. */
export async function runTask(
  { aws, settings, instance, networks }: Pick<ContainerDeps, 'aws' | 'settings' | 'instance' | 'networks'>,
  record: ContainerRecord,
): Promise<string> {
  const { cluster, subnets, security_groups: own, assign_public_ip: isPublic } = settings.ecs
  const networkIds = record.networks.map(({ networkId }) => networkId)
  const groups = networks.securityGroups(networkIds)
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
      ...toOverrides(record, networks.searchDomains(networkIds)),
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
