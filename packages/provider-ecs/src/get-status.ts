import type { Service, Task } from '@aws-sdk/client-ecs'
import type { ComputeStatus, TenantRef } from '@landlord/compute-core'
import { type Assessment, assessService } from './assess-service.ts'
import { desiredService } from './desired-service.ts'
import { explainFailure, latestProblem } from './explain-failure.ts'
import { isRecent } from './is-recent.ts'
import { observedConfig } from './observed-config.ts'
import { readRunning, readStopped } from './read-tasks.ts'
import {
  type EcsHandle,
  handleAt,
  isReplaced,
  placeHandle,
  primaryDeployment,
  serviceHandle,
  toResourceIds,
} from './resource-ids.ts'
import { isOwnService, tenantNotFound } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import { rememberedCount } from './suspension.ts'
import { tenantConfig, tenantPlace } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'
import { serviceHealth, toContainerStatuses } from './to-container-status.ts'

/** Reads the service, and its tasks only once there is something to tell about them. */
export async function getStatus(scope: TenantScope, tenant: TenantRef): Promise<ComputeStatus> {
  const target = tenantPlace(scope, tenant)
  const handle = handleAt(target, tenant.resourceIds)
  const reading = await scope.api.describeService(target, scope.call('watch'))
  if (reading.kind === 'missing') return unseen(scope, target, handle)
  const { service } = reading
  if (!isOwnService(scope, service)) {
    // What is gone may be somebody else's of before, while ours of that name is not seen yet.
    if (service.status === 'INACTIVE') return unseen(scope, target, handle)
    throw tenantNotFound(scope, target)
  }
  const config = tenantConfig(tenant)
  const assessment = assessService({
    service,
    handle,
    taskDefinition: config?.task_definition_arn,
    now: scope.now(),
    consistencyWindowSeconds: scope.settings.consistency_window_seconds,
  })
  // Reads lag: the service of that name from before, while ours was made a moment ago.
  if (assessment.kind === 'gone') {
    if (service.createdAt?.toISOString() === handle.created_at) throw tenantNotFound(scope, target)
    return unseen(scope, target, handle)
  }
  const view: View = { scope, tenant, target, service, handle }
  // A read from before its deletion.
  if (isReplaced(service, handle)) return await describe(view, { kind: 'draining' })
  const status = await describe(view, assessment)
  return config?.wait_for_steady_state === false ? withoutWaiting(status) : status
}

interface View {
  readonly scope: TenantScope
  readonly tenant: TenantRef
  readonly target: ServiceTarget
  readonly service: Service
  readonly handle: EcsHandle
}

/** An accepted change counts as done where nobody wants to wait; what has failed has failed all the same. */
function withoutWaiting(status: ComputeStatus): ComputeStatus {
  const isOnItsWay = status.state === 'starting' || status.state === 'running'
  if (status.settled || !isOnItsWay) return status
  const message = `not waited for, as wait_for_steady_state is false: ${status.message}`
  return { ...status, state: 'running', health: 'none', settled: true, message }
}

/** Throws `TenantNotFoundError` unless the service was written so recently that a read may not show it yet. */
function unseen(scope: TenantScope, target: ServiceTarget, handle: EcsHandle): ComputeStatus {
  if (!isRecent(handle.written_at, scope.now(), scope.settings.consistency_window_seconds)) {
    throw tenantNotFound(scope, target)
  }
  return {
    state: 'starting',
    health: 'unknown',
    settled: false,
    containers: [],
    endpoints: [],
    lastUpdated: scope.now().toISOString(),
    metadata: { cluster: target.clusterArn, service: target.serviceName },
    resourceIds: toResourceIds({ ...placeHandle(target), ...handle }),
    message: 'waiting until ECS shows the service',
  }
}

async function describe(view: View, assessment: Exclude<Assessment, { kind: 'gone' }>): Promise<ComputeStatus> {
  const base = common(view)
  switch (assessment.kind) {
    case 'draining':
      return { ...base, state: 'stopping', health: 'unknown', settled: false, message: 'the service is being deleted' }
    case 'stopped':
      return { ...base, ...settledHandle(view), ...whyStopped(view), state: 'stopped', health: 'none', settled: true }
    case 'running':
      return { ...base, ...(await running(view)), state: 'running' }
    case 'moving': {
      const problem = latestProblem(view.service.events ?? [], primaryDeployment(view.service)?.createdAt)
      const message = problem === undefined ? assessment.message : `${assessment.message}; ECS says: ${problem}`
      return { ...base, state: assessment.state, health: 'starting', settled: false, message }
    }
    case 'failed':
      return { ...base, ...(await failed(view, assessment.failure)), state: 'failed', settled: true }
  }
}

function whyStopped({ service }: View): Pick<ComputeStatus, 'idle'> {
  return rememberedCount(service) === undefined ? { idle: 'scaled_to_zero' } : {}
}

async function running(view: View) {
  const { scope, target, service } = view
  const { tasks, taskDefinition, endpoints } = await readRunning(scope, target, service)
  const hasLoadBalancer = (service.loadBalancers ?? []).length > 0
  const facts = { containers: toContainerStatuses(tasks ?? []), endpoints }
  // The tasks are read by another request, which may lag behind the first one; their addresses are told when we say "done".
  if (tasks !== undefined && runningTasks(service, tasks) < (service.desiredCount ?? 0)) {
    return {
      ...facts,
      health: 'starting' as const,
      settled: false,
      message: 'waiting until ECS shows the tasks running',
    }
  }
  const health = serviceHealth(tasks ?? [], taskDefinition, hasLoadBalancer)
  // A task that has taken the place of another one is checked after the deployment was complete.
  if (health === 'starting') return { ...facts, health, settled: false, message: 'waiting for the health check' }
  return { ...facts, ...settledHandle(view), health, settled: true }
}

function runningTasks(service: Service, tasks: readonly Task[]): number {
  const { taskDefinition } = primaryDeployment(service) ?? service
  return tasks.filter((task) => task.lastStatus === 'RUNNING' && task.taskDefinitionArn === taskDefinition).length
}

async function failed(view: View, failure: Extract<Assessment, { kind: 'failed' }>['failure']) {
  const { scope, target, service } = view
  const [stoppedTasks, serving] = await Promise.all([
    readStopped(scope, target),
    failure.usable ? readRunning(scope, target, service) : undefined,
  ])
  const deployment = service.deployments?.find(({ id }) => id === failure.deploymentId)
  const { reason, message } = explainFailure({
    failure,
    events: service.events ?? [],
    stoppedTasks,
    rolloutStateReason: deployment?.rolloutStateReason,
  })
  return {
    reason,
    message,
    instanceUsable: failure.usable,
    health: reason === 'unhealthy' ? ('unhealthy' as const) : ('unknown' as const),
    containers: toContainerStatuses(serving?.tasks ?? []),
    endpoints: serving?.endpoints ?? [],
  }
}

/** From now on another size is an autoscaler's, and another deployment somebody else's. */
function settledHandle({ target, service, handle }: View): Pick<ComputeStatus, 'resourceIds'> {
  return { resourceIds: toResourceIds(serviceHandle(target, service, handle)) }
}

function common({ scope, tenant, target, service, handle }: View) {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service
  const config = tenantConfig(tenant)
  const primary = primaryDeployment(service)
  const { serviceArn, createdAt } = service
  const isActive = service.status === 'ACTIVE'
  const isOurs = isActive && !isReplaced(service, handle)
  // One that leaves is not the one that may be made next: what is known of it would vouch for the wrong service.
  const known = {
    ...placeHandle(target),
    ...handle,
    ...(isOurs && serviceArn !== undefined ? { service_arn: serviceArn } : {}),
    ...(isOurs && createdAt !== undefined ? { created_at: createdAt.toISOString() } : {}),
  }
  const desired = config === undefined ? undefined : desiredService({ ...scope, config })
  return {
    lastUpdated: scope.now().toISOString(),
    containers: [],
    endpoints: [],
    resourceIds: toResourceIds(known),
    metadata: {
      cluster: target.clusterArn,
      service: target.serviceName,
      region: target.region,
      task_definition: primary?.taskDefinition ?? service.taskDefinition ?? '',
      deployment: primary?.id ?? '',
      desired_tasks: String(desiredCount),
      running_tasks: String(runningCount),
      pending_tasks: String(pendingCount),
    },
    ...(isActive && desired !== undefined ? { observedConfig: observedConfig(service, desired) } : {}),
  }
}
