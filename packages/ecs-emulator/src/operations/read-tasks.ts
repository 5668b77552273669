import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from '../ecs-error.ts'
import { findCluster, findTask, requireService } from '../find-records.ts'
import { ecsArn, lastSegment } from '../identifiers.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { toTask } from '../views/to-task.ts'

export function describeTasks(input: DescribeTasksRequest, simulation: Simulation): DescribeTasksResponse {
  const references = input.tasks ?? []
  if (references.length === 0) throw invalidParameter('Tasks cannot be empty.')
  if (references.length > 100) throw invalidParameter('Tasks can have at most 100 items.')
  const cluster = findCluster(simulation, input.cluster)
  const response = { tasks: [], failures: [] } as Required<DescribeTasksResponse>
  for (const reference of references) {
    const task = findTask(simulation, cluster, reference)
    if (task !== undefined) {
      response.tasks?.push(toTask(simulation, task, input.include?.includes('TAGS') === true))
      continue
    }
    const arn = reference.startsWith('arn:')
      ? reference
      : ecsArn(simulation.account, `task/${cluster.name}/${reference}`)
    response.failures?.push({ arn, reason: 'MISSING' })
  }
  return response
}

/** Without `desiredStatus`, those that are to run (documented). */
export function listTasks(input: ListTasksRequest, simulation: Simulation): ListTasksResponse {
  const cluster = findCluster(simulation, input.cluster)
  const service = input.serviceName === undefined ? undefined : requireService(simulation, cluster, input.serviceName)
  const desiredStatus = input.desiredStatus ?? 'RUNNING'
  const found = Object.values(simulation.world.tasks).filter(
    (task) =>
      task.clusterArn === cluster.arn &&
      task.desiredStatus === desiredStatus &&
      (service === undefined || task.serviceArn === service.arn) &&
      (input.family === undefined || lastSegment(task.taskDefinition).split(':')[0] === input.family) &&
      (input.startedBy === undefined || task.startedBy === input.startedBy) &&
      (input.launchType === undefined || task.launch.launchType === input.launchType),
  )
  const { items, ...next } = paginate(found, ({ arn }) => arn, input, { defaultSize: 100, maxSize: 100 })
  return { taskArns: items.map(({ arn }) => arn), ...next }
}
