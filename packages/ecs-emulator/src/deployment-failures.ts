import { addEvent } from './service-events.ts'
import type { Simulation } from './simulation.ts'
import { FIRST_BACKOFF_S, LONGEST_BACKOFF_S } from './timings.ts'
import type { DeploymentRecord, ServiceRecord, TaskRecord } from './world.ts'

/** Inferred: so many failures in a row are borne before the scheduler slows down. */
const FAILURES_BEFORE_BACKOFF = 3

/** Counts a task that did not make it, and delays the next start after several in a row. */
export function countFailure(simulation: Simulation, service: ServiceRecord, deployment: DeploymentRecord): void {
  deployment.failedTasks += 1
  deployment.updatedAt = simulation.now()
  const excess = deployment.failedTasks - FAILURES_BEFORE_BACKOFF
  if (excess < 0) return
  if (excess === 0) addEvent(simulation, service, 'is unable to consistently start tasks successfully.')
  const delaySeconds = Math.min(FIRST_BACKOFF_S * 2 ** excess, LONGEST_BACKOFF_S)
  deployment.nextStartAt = simulation.now() + delaySeconds * 1000
}

export function taskFailed(simulation: Simulation, task: TaskRecord): void {
  const owner = ownerOf(simulation, task)
  if (owner !== undefined) countFailure(simulation, ...owner)
}

/** A task that settles ends the series of failures of its deployment. */
export function taskSettled(simulation: Simulation, task: TaskRecord): void {
  const owner = ownerOf(simulation, task)
  if (owner === undefined) return
  const [, deployment] = owner
  deployment.failedTasks = 0
  deployment.nextStartAt = 0
}

function ownerOf({ world }: Simulation, task: TaskRecord): [ServiceRecord, DeploymentRecord] | undefined {
  const service = task.serviceArn === undefined ? undefined : world.services[task.serviceArn]
  const deployment = service?.deployments.find(({ id }) => id === task.deploymentId)
  return service === undefined || deployment === undefined ? undefined : [service, deployment]
}
