import { countFailure } from './deployment-failures.ts'
import { lastSegment } from './identifiers.ts'
import { addEvent, taskList } from './service-events.ts'
import type { Simulation } from './simulation.ts'
import { createTask, stopTask } from './task-lifecycle.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from './world.ts'

/** The tasks of a service that have not stopped yet. */
export function liveTasks({ world }: Simulation, service: ServiceRecord): TaskRecord[] {
  return service.taskArns.flatMap((arn) => world.tasks[arn] ?? [])
}

export const isWanted = (task: TaskRecord): boolean => task.desiredStatus === 'RUNNING'
export const isServing = (task: TaskRecord): boolean =>
  isWanted(task) && task.settled && task.healthStatus !== 'UNHEALTHY'

interface Bounds {
  /** `minimumHealthyPercent`, rounded up (documented). */
  readonly atLeast: number
  /** `maximumPercent`, rounded down (documented). */
  readonly atMost: number
}

/** How many tasks a service may have while it deploys. */
export function boundsOf({ settings, desiredCount }: ServiceRecord): Bounds {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = settings.deploymentConfiguration ?? {}
  return {
    atLeast: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
    atMost: Math.floor((desiredCount * maximumPercent) / 100),
  }
}

/** Stops tasks as the scheduler does. */
export function stopAll(simulation: Simulation, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  if (tasks.length === 0) return
  addEvent(simulation, service, `has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`)
  for (const task of tasks) {
    const reason = `Scaling activity initiated by (deployment ${task.deploymentId})`
    stopTask(simulation, task, { stopCode: 'ServiceSchedulerInitiated', reason })
  }
}

/** Starts up to so many tasks of a deployment, unless it has to wait after failures. */
export function startTasks(
  simulation: Simulation,
  service: ServiceRecord,
  deployment: DeploymentRecord,
  count: number,
): void {
  if (count <= 0) return
  service.steadyReported = false
  if (simulation.now() < deployment.nextStartAt) {
    simulation.wake({ at: deployment.nextStartAt, kind: 'service', arn: service.arn })
    return
  }
  const started: TaskRecord[] = []
  while (started.length < count) {
    const task = startOne(simulation, service, deployment)
    if (task === undefined) break
    started.push(task)
  }
  if (started.length > 0) addEvent(simulation, service, `has started ${started.length} tasks: ${taskList(started)}.`)
}

/** Inferred: how soon a task that found no place is tried again, before the back-off sets in. */
const PLACEMENT_RETRY_MS = 10_000

function startOne(
  simulation: Simulation,
  service: ServiceRecord,
  deployment: DeploymentRecord,
): TaskRecord | undefined {
  const definition = lastSegment(deployment.launch.taskDefinition)
  const [family = definition] = definition.split(':')
  const cluster = lastSegment(service.clusterArn)
  const subject = { cluster, service: service.name, family, taskDefinition: definition }
  const behaviour = simulation.scripts.take(subject)
  if (behaviour.kind === 'no_capacity') {
    const reason =
      behaviour.reason ??
      'Capacity is unavailable at this time. Please try again later or in a different availability zone.'
    addEvent(simulation, service, `was unable to place a task. Reason: ${reason}`)
    countFailure(simulation, service, deployment)
    deployment.nextStartAt = Math.max(deployment.nextStartAt, simulation.now() + PLACEMENT_RETRY_MS)
    simulation.wake({ at: deployment.nextStartAt, kind: 'service', arn: service.arn })
    return undefined
  }
  return createTask(simulation, {
    clusterArn: service.clusterArn,
    taskDefinition: deployment.launch.taskDefinition,
    group: `service:${service.name}`,
    startedBy: deployment.id,
    serviceArn: service.arn,
    deploymentId: deployment.id,
    launch: deployment.launch,
    behaviour,
    request: { enableExecuteCommand: service.settings.enableExecuteCommand === true },
  })
}
