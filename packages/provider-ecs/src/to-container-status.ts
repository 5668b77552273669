import type { Container, Task, TaskDefinition } from '@aws-sdk/client-ecs'
import type { ComputeHealth, ComputeState, ContainerStatus } from '@landlord/compute-core'

/** The containers of all tasks; with more than one task, each name carries the start of its task's id. */
export function toContainerStatuses(tasks: readonly Task[]): ContainerStatus[] {
  return tasks.flatMap((task) =>
    (task.containers ?? []).map((container) => toContainerStatus(container, task, tasks.length > 1)),
  )
}

const ID_SHOWN = 8

function toContainerStatus(container: Container, task: Task, isOneOfMany: boolean): ContainerStatus {
  const { name = 'container', image, exitCode, reason, healthStatus } = container
  const taskId = task.taskArn?.split('/').at(-1)?.slice(0, ID_SHOWN) ?? ''
  return {
    name: isOneOfMany ? `${name}/${taskId}` : name,
    state: STATES[container.lastStatus ?? ''] ?? 'unknown',
    ...(healthStatus === undefined ? {} : { health: HEALTH[healthStatus] ?? 'unknown' }),
    ...(image === undefined ? {} : { image }),
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(task.startedAt === undefined ? {} : { startedAt: task.startedAt.toISOString() }),
    ...(reason === undefined ? {} : { message: reason }),
  }
}

const STATES: Readonly<Record<string, ComputeState>> = {
  PROVISIONING: 'starting',
  PENDING: 'starting',
  ACTIVATING: 'starting',
  RUNNING: 'running',
  DEACTIVATING: 'stopping',
  STOPPING: 'stopping',
  DEPROVISIONING: 'stopping',
  STOPPED: 'stopped',
}

/** ECS says UNKNOWN where the task definition has no health check (API reference, Container). */
const HEALTH: Readonly<Record<string, ComputeHealth>> = { HEALTHY: 'healthy', UNHEALTHY: 'unhealthy', UNKNOWN: 'none' }

/** The health of a service that runs as asked. A load balancer's health checks count through the completed deployment. */
export function serviceHealth(
  tasks: readonly Task[],
  definition: TaskDefinition | undefined,
  hasLoadBalancer: boolean,
): ComputeHealth {
  if (tasks.some(({ healthStatus }) => healthStatus === 'UNHEALTHY')) return 'unhealthy'
  const isChecked = (definition?.containerDefinitions ?? []).some(({ healthCheck }) => healthCheck !== undefined)
  if (isChecked && tasks.some(({ healthStatus }) => healthStatus !== 'HEALTHY')) return 'starting'
  return isChecked || hasLoadBalancer ? 'healthy' : 'none'
}
