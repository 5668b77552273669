import { DescribeTasksCommand, ECSClient, ListTasksCommand, type Task } from '@aws-sdk/client-ecs'
import type { AwsCalls } from './aws-calls.ts'
import type { EcsCall } from './ecs-api.ts'
import { subjectOf } from './service-reader.ts'
import type { ServiceTarget } from './service-target.ts'

/** documented: ListTasks gives and DescribeTasks takes at most so many. */
const MAX_TASKS_PER_CALL = 100

/** None where ECS does not know the service. Tasks that went in between the two calls are left out. */
export async function listServiceTasks(
  calls: AwsCalls,
  target: ServiceTarget,
  desiredStatus: 'RUNNING' | 'STOPPED',
  call: EcsCall,
): Promise<readonly Task[]> {
  const tasks: Task[] = []
  let nextToken: string | undefined
  do {
    const page = await listPage(calls, target, desiredStatus, call, nextToken)
    if (page.taskArns.length > 0) tasks.push(...(await describeTasks(calls, target, page.taskArns, call)))
    nextToken = page.nextToken
  } while (nextToken !== undefined)
  return tasks
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

async function describeTasks(
  calls: AwsCalls,
  target: ServiceTarget,
  taskArns: readonly string[],
  call: EcsCall,
): Promise<readonly Task[]> {
  const { tasks = [] } = await calls.run({
    ...{ Client: ECSClient, access: 'read', bucket: 'tasks_read', scope: target, call },
    operation: 'DescribeTasks',
    subject: `tasks of ${subjectOf(target)}`,
    send: (client, http) =>
      client.send(new DescribeTasksCommand({ cluster: target.clusterArn, tasks: [...taskArns] }), http),
  })
  return tasks
}
