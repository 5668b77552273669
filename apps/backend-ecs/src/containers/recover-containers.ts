import { DescribeTaskDefinitionCommand, DescribeTasksCommand, paginateListTasks, type Task } from '@aws-sdk/client-ecs'
import { TAG_BACKEND, TAG_CONTAINER_ID, TAG_CONTAINER_NAME, TAG_CREATED_AT } from '../aws/ownership-tags.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { readEndpoints } from './container-endpoints.ts'
import { namedMounts } from './create-container.ts'
import { fromTaskDefinition } from './definition/from-task-definition.ts'
import { hostConfigOf } from './definition/host-config.ts'
import { removeContainer } from './remove-container.ts'
import { launch, logStreamOf, run, startedBy } from './start-container.ts'
import { endTask } from './stop-task.ts'

const BATCH = 100

/** Goes on where the last process left off, and finds again what the store does not know. */
export async function recoverContainers(deps: ContainerDeps): Promise<void> {
  if (deps.store.isNew) for (const task of await listOwnTasks(deps, ['RUNNING', 'STOPPED'])) await rebuild(deps, task)
  else await endForgotten(deps)
  for (const record of deps.store.containers.list()) {
    try {
      await resume(deps, record)
    } catch (error) {
      deps.logger.error({ err: error, container: record.id }, 'what was begun for a container could not be finished')
    }
  }
}

async function resume(deps: ContainerDeps, record: ContainerRecord): Promise<void> {
  if (record.state.status === 'removing') return await removeContainer(deps, record.id)
  if (record.live === true) {
    if (record.taskArn === undefined) await run(deps, record)
    else deps.watch.add(record.taskArn, record.id)
  } else if (record.state.status === 'restarting') await launch(deps, record.id)
}

/** Tasks of containers that were removed while nobody could tell ECS. */
async function endForgotten(deps: ContainerDeps): Promise<void> {
  for (const task of await listOwnTasks(deps, ['RUNNING'])) {
    const id = tagOf(task, TAG_CONTAINER_ID)
    if (id === undefined || deps.store.containers.get(id) !== undefined || task.taskArn === undefined) continue
    deps.logger.warn({ task: task.taskArn, container: id }, 'a task of a container that was removed is stopped')
    await endTask(deps, task.taskArn, 'rm')
  }
}

/**
 * Running ones by `startedBy`, which must be the only filter (API reference, ListTasks); stopped ones, which ECS shows for
 * an hour, by their tags among all of the cluster.
 */
async function listOwnTasks(
  { aws, settings, instance }: ContainerDeps,
  statuses: readonly ('RUNNING' | 'STOPPED')[],
): Promise<Task[]> {
  const { cluster } = settings.ecs
  const client = aws.ecs('read')
  const arns: string[] = []
  for (const status of statuses) {
    const filter = status === 'RUNNING' ? { startedBy: startedBy(instance) } : { desiredStatus: status }
    for await (const { taskArns = [] } of paginateListTasks({ client }, { cluster, ...filter })) arns.push(...taskArns)
  }
  const tasks: Task[] = []
  for (let from = 0; from < arns.length; from += BATCH) {
    const batch = arns.slice(from, from + BATCH)
    const described = await client.send(new DescribeTasksCommand({ cluster, tasks: batch, include: ['TAGS'] }))
    tasks.push(...(described.tasks ?? []))
  }
  return tasks.filter((task) => tagOf(task, TAG_BACKEND) === instance)
}

const tagOf = ({ tags = [] }: Task, key: string): string | undefined => tags.find((tag) => tag.key === key)?.value

/** One record for each container id; of several runs the last one counts. */
async function rebuild(deps: ContainerDeps, task: Task): Promise<void> {
  const id = tagOf(task, TAG_CONTAINER_ID)
  const name = tagOf(task, TAG_CONTAINER_NAME)
  const { taskArn, taskDefinitionArn } = task
  if (id === undefined || name === undefined || taskArn === undefined || taskDefinitionArn === undefined) return
  const known = deps.store.containers.get(id)
  if (known !== undefined && (known.state.startedAt ?? '') >= (task.createdAt?.toISOString() ?? '')) return
  const { taskDefinition } = await deps.aws
    .ecs('read')
    .send(new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }))
  const config = taskDefinition === undefined ? undefined : fromTaskDefinition(taskDefinition)
  if (config === undefined) return
  const createdAt = tagOf(task, TAG_CREATED_AT) ?? deps.now().toISOString()
  const record: ContainerRecord = {
    id,
    name,
    createdAt,
    config,
    imageId:
      deps.images
        .list()
        .find(
          ({ reference, source }) =>
            reference === config.Image || source === taskDefinition?.containerDefinitions?.[0]?.image,
        )?.id ?? '',
    taskDefinitionArn,
    runs: 1,
    restartCount: 0,
    taskArn,
    logStream: logStreamOf(taskArn),
    live: true,
    state: {
      status: 'created',
      exitCode: 0,
      oomKilled: false,
      error: '',
      startedAt: task.createdAt?.toISOString() ?? createdAt,
    },
    networks: readEndpoints(config, (network) => deps.store.networks.byName(network)),
    mounts: namedMounts(config),
    autoRemove: hostConfigOf(config).AutoRemove === true,
  }
  if (!deps.store.containers.insert(record)) deps.store.containers.replace(record)
}
