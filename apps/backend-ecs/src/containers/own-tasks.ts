import { createHash } from 'node:crypto'
import { DescribeTasksCommand, type ListTasksCommandInput, paginateListTasks, type Task } from '@aws-sdk/client-ecs'
import { TAG_BACKEND, TAG_CONTAINER_ID, TAG_RUN } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerRecord } from '../store/records.ts'

/** DescribeTasks takes so many. */
const BATCH = 100

type Deps = Pick<BackendDeps, 'aws' | 'settings' | 'instance'>
type Filter = Pick<ListTasksCommandInput, 'startedBy' | 'desiredStatus' | 'family'>

/** What `startedBy` reads on every task of an instance: ListTasks can filter by it. */
export const startedBy = (instance: string): string =>
  `sockerless/${createHash('sha256').update(instance).digest('hex').slice(0, 20)}`

/** Those that are to run. `startedBy` must be the only filter (API reference, ListTasks). */
export const runningTasks = (deps: Deps): Promise<Task[]> => listTasks(deps, { startedBy: startedBy(deps.instance) })

/** ECS shows them for an hour, and lets them be found among all of the cluster only. */
export const stoppedTasks = (deps: Deps): Promise<Task[]> => listTasks(deps, { desiredStatus: 'STOPPED' })

/** The task of one start, whatever became of RunTask's answer. */
export async function findTaskOfRun(deps: Deps, record: ContainerRecord, run: number): Promise<Task | undefined> {
  const family = record.taskDefinitionArn.split('/').at(-1)?.split(':')[0] ?? ''
  for (const desiredStatus of ['RUNNING', 'STOPPED'] as const) {
    const tasks = await listTasks(deps, { family, desiredStatus })
    const found = tasks.find((task) => tagOf(task, TAG_CONTAINER_ID) === record.id && runOf(task) === run)
    if (found !== undefined) return found
  }
  return undefined
}

async function listTasks({ aws, settings, instance }: Deps, filter: Filter): Promise<Task[]> {
  const { cluster } = settings.ecs
  const client = aws.ecs('read')
  const arns: string[] = []
  for await (const { taskArns = [] } of paginateListTasks({ client }, { cluster, ...filter })) arns.push(...taskArns)
  const tasks: Task[] = []
  for (let from = 0; from < arns.length; from += BATCH) {
    const batch = arns.slice(from, from + BATCH)
    const described = await client.send(new DescribeTasksCommand({ cluster, tasks: batch, include: ['TAGS'] }))
    tasks.push(...(described.tasks ?? []))
  }
  return tasks.filter((task) => tagOf(task, TAG_BACKEND) === instance)
}

export const tagOf = ({ tags = [] }: Task, key: string): string | undefined =>
  tags.find((tag) => tag.key === key)?.value

/** Which start of its container a task is. */
export const runOf = (task: Task): number => Number(tagOf(task, TAG_RUN) ?? 1)
