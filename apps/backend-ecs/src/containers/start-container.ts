import { createHash } from 'node:crypto'
import { RunTaskCommand } from '@aws-sdk/client-ecs'
import { TAG_BACKEND, TAG_CONTAINER_ID, TAG_CONTAINER_NAME, TAG_CREATED_AT } from '../aws/ownership-tags.ts'
import { DockerError } from '../errors/docker-error.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { CONTAINER_NAME, LOG_STREAM_PREFIX } from './definition/to-container-definition.ts'
import { explainStartFailure } from './explain-start-failure.ts'
import { endTask, stopTask } from './stop-task.ts'

/** Starts it, unless it runs or is being started. False: it was running already. Throws why it cannot run. */
export async function startContainer(deps: ContainerDeps, id: string, signal: AbortSignal): Promise<boolean> {
  const known = deps.store.containers.get(id)
  if (known?.state.status === 'running') return false
  if (known?.live !== true) await launch(deps, id)
  await untilStarted(deps, id, signal)
  return true
}

/**
 * The intent is written first. Where the process dies after it, the next one calls RunTask with the same token, which ECS
 * answers with the same task.
 */
export async function launch(deps: ContainerDeps, id: string): Promise<void> {
  const record = deps.changes.update(id, (current) => {
    const { taskArn: _task, stopRequested: _stop, logStream, ...rest } = current
    return {
      ...rest,
      ...(logStream === undefined ? {} : { formerLogStreams: [...(current.formerLogStreams ?? []), logStream] }),
      live: true,
      runs: current.runs + 1,
      state: { ...current.state, error: '' },
    }
  })
  if (record === undefined) return
  await run(deps, record)
}

/** Calls RunTask for an intent that is in the store. Twice is once. */
export async function run(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  let taskArn: string
  try {
    await deps.ensureLogGroup()
    taskArn = await runTask(deps, record)
  } catch (error) {
    deps.changes.update(record.id, ({ live: _live, ...rest }) => ({
      ...rest,
      state: {
        ...rest.state,
        status: rest.state.startedAt === undefined ? 'created' : 'exited',
        exitCode: 128,
        error: (error as Error).message,
      },
    }))
    throw error
  }
  deps.watch.add(taskArn, record.id)
  const started = deps.changes.update(record.id, (current) => ({
    ...current,
    taskArn,
    logStream: logStreamOf(taskArn),
  }))
  if (started !== undefined && started.stopRequested !== true) return
  // Stopped or removed while ECS was being asked.
  deps.watch.remove(taskArn)
  await endTask(deps, taskArn, 'stopped while it was being started')
  if (started !== undefined) deps.watch.add(taskArn, record.id)
}

export const logStreamOf = (taskArn: string): string =>
  `${LOG_STREAM_PREFIX}/${CONTAINER_NAME}/${taskArn.split('/').at(-1)}`

/** What `startedBy` reads on every task of an instance: ListTasks can filter by it. */
export const startedBy = (instance: string): string =>
  `sockerless/${createHash('sha256').update(instance).digest('hex').slice(0, 20)}`

async function runTask({ aws, settings, instance, networks }: ContainerDeps, record: ContainerRecord): Promise<string> {
  const { cluster, subnets, security_groups: own, assign_public_ip: isPublic } = settings.ecs
  const groups = networks.securityGroups(record.networks.map(({ networkId }) => networkId))
  const { tasks = [], failures = [] } = await aws.ecs('write').send(
    new RunTaskCommand({
      cluster,
      taskDefinition: record.taskDefinitionArn,
      count: 1,
      launchType: 'FARGATE',
      clientToken: createHash('sha256').update(`${record.id}/${record.runs}`).digest('hex').slice(0, 32),
      startedBy: startedBy(instance),
      enableExecuteCommand: settings.ecs.task_role_arn !== undefined,
      networkConfiguration: {
        awsvpcConfiguration: {
          subnets: [...subnets],
          securityGroups: [...new Set([...own, ...groups])],
          assignPublicIp: isPublic ? 'ENABLED' : 'DISABLED',
        },
      },
      tags: [
        { key: TAG_BACKEND, value: instance },
        { key: TAG_CONTAINER_ID, value: record.id },
        { key: TAG_CONTAINER_NAME, value: record.name },
        { key: TAG_CREATED_AT, value: record.createdAt },
      ],
    }),
  )
  const [task] = tasks
  if (task?.taskArn !== undefined) return task.taskArn
  const [failure] = failures
  const reason = [failure?.reason, failure?.detail].filter((part) => part !== undefined).join(': ')
  throw explainStartFailure(`ecs: run task: ${reason || 'ECS started nothing and gave no reason'}`)
}

async function untilStarted(deps: ContainerDeps, id: string, signal: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(deps.settings.ecs.start_timeout_seconds * 1000)
  const slowDown = deps.watch.hurry()
  try {
    const isOver = (record: ContainerRecord | undefined): boolean =>
      record === undefined || record.live !== true || record.state.status === 'running'
    const record = await deps.changes.until(id, isOver, AbortSignal.any([signal, limit]))
    if (record?.state.status === 'created') throw explainStartFailure(record.state.error)
  } catch (error) {
    if (!limit.aborted) throw error
    await stopTask(deps, id, 'start timed out')
    throw new DockerError({
      status: 500,
      message: `the task did not run within ${deps.settings.ecs.start_timeout_seconds} s and has been stopped; raise ecs.start_timeout_seconds if the image is large`,
      cause: error,
    })
  } finally {
    slowDown()
  }
}
