import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import { type AwsCalls, identityOf } from './aws-calls.ts'
import { createBatchesByKey } from './call-batches.ts'
import type { CallPriority, EcsCall } from './ecs-api.ts'
import { subjectOf } from './service-reader.ts'
import type { ServiceTarget } from './service-target.ts'

/** documented: ListTasks gives and DescribeTasks takes at most so many. */
const MAX_TASKS_PER_CALL = 100

export interface TaskReader {
  /** None where ECS does not know the service. Tasks that went in between the two calls are left out. */
  list(target: ServiceTarget, desiredStatus: 'RUNNING' | 'STOPPED', call: EcsCall): Promise<readonly Task[]>
}

export interface TaskReaderOptions {
  readonly calls: AwsCalls
  readonly windowMs: number
  readonly closing: AbortSignal
}

interface AskedTask {
  readonly arn: string
  readonly target: ServiceTarget
  readonly call: EcsCall
}

/** Tasks can be listed for one service at a time only; what they are is asked for those of many services at once. */
export function createTaskReader({ calls, windowMs, closing }: TaskReaderOptions): TaskReader {
  const batchesByKey = createBatchesByKey<AskedTask, Task | undefined>()
  const batchesOf = (target: ServiceTarget, priority: CallPriority) =>
    batchesByKey(`${identityOf(target)} ${target.clusterArn} ${priority}`, () => ({
      ...{ limiter: calls.limiter(target, 'tasks_read'), priority, windowMs, signal: closing },
      maxItems: MAX_TASKS_PER_CALL,
      load: (items) => describeTasks(calls, items, closing),
    }))

  return {
    async list(target, desiredStatus, call) {
      const batch = batchesOf(target, call.priority)
      const tasks: Task[] = []
      let nextToken: string | undefined
      do {
        const page = await listPage(calls, target, desiredStatus, call, nextToken)
        const found = await Promise.all(page.taskArns.map((arn) => batch.ask({ arn, target, call })))
        tasks.push(...found.filter((task) => task !== undefined))
        nextToken = page.nextToken
      } while (nextToken !== undefined)
      return tasks
    },
  }
}

async function describeTasks(
  calls: AwsCalls,
  items: readonly AskedTask[],
  closing: AbortSignal,
): Promise<readonly (Task | undefined)[]> {
  const [first] = items
  if (first === undefined) return []
  const { target, call } = first
  const arns = [...new Set(items.map(({ arn }) => arn))]
  const { tasks = [] } = await calls.run({
    ...{ Client: ECSClient, access: 'read', bucket: 'tasks_read', scope: target, hasTurn: true },
    call: { ...call, signal: closing },
    operation: 'DescribeTasks',
    subject: `${arns.length} ${arns.length === 1 ? 'task' : 'tasks'} of cluster ${target.clusterName}`,
    send: (client, http) => client.send(new DescribeTasksCommand({ cluster: target.clusterArn, tasks: arns }), http),
  })
  const byArn = new Map(tasks.map((task) => [task.taskArn, task]))
  return items.map(({ arn }) => byArn.get(arn))
}

interface TaskPage {
  readonly taskArns: readonly string[]
  readonly nextToken?: string
}

function listPage(
  calls: AwsCalls,
  target: ServiceTarget,
  desiredStatus: 'RUNNING' | 'STOPPED',
  call: EcsCall,
  token: string | undefined,
): Promise<TaskPage> {
  const page = { cluster: target.clusterArn, serviceName: target.serviceName, desiredStatus }
  const input = { ...page, maxResults: MAX_TASKS_PER_CALL, ...(token === undefined ? {} : { nextToken: token }) }
  return calls.run<ECSClient, TaskPage>({
    ...{ Client: ECSClient, access: 'read', bucket: 'tasks_read', scope: target, call },
    operation: 'ListTasks',
    subject: subjectOf(target),
    send: async (client, http) => {
      const { taskArns = [], nextToken } = await client.send(new ListTasksCommand(input), http)
      return { taskArns, ...(nextToken === undefined ? {} : { nextToken }) }
    },
    expected: ({ name }) => (name === 'ServiceNotFoundException' ? { taskArns: [] } : undefined),
  })
}
