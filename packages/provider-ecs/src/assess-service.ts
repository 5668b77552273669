import type { Deployment, Service } from '@aws-sdk/client-ecs'
import type { ComputeState } from '@landlord/compute-core'
import { isRecent } from './is-recent.ts'
import { type EcsHandle, primaryDeployment } from './resource-ids.ts'

/** What one reading of a service means for its tenant. */
export type Assessment =
  /** INACTIVE: nothing is left but the name. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'draining' }
  /** Nothing runs, as asked. */
  | { readonly kind: 'stopped' }
  | { readonly kind: 'running' }
  | { readonly kind: 'moving'; readonly state: ComputeState; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure }

export interface Failure {
  /** `rolled_back`: ECS went back to what ran before. `gave_up`: ECS has stopped trying. `failing`: it tries for ever. */
  readonly how: 'rolled_back' | 'gave_up' | 'failing'
  /** The deployment that failed; absent when ECS no longer shows it. */
  readonly deploymentId?: string
  /** What failed began at this time; what is older explains nothing. */
  readonly since?: Date
  /** Whether something of the tenant's still serves. */
  readonly usable: boolean
}

export interface AssessInput {
  readonly service: Service
  readonly handle: EcsHandle
  /** What the accepted configuration asks for. */
  readonly taskDefinition: string | undefined
  readonly now: Date
  readonly consistencyWindowSeconds: number
}

/**
 * Without a circuit breaker ECS starts failing tasks again for ever and never says FAILED; after so long of it somebody should
 * be told. ECS itself calls a deployment failed after three tasks, each of which takes about a minute.
 */
export const FAILING_GRACE_SECONDS = 300

/** Without a health check ECS counts a task as good 40 s after it came to run (AWS API model, `UpdateService`). */
const STEADY_WITHOUT_ROLLOUT_STATE_SECONDS = 40

/** Pure. Tied to the deployment that our last change started, so that neither a stale read nor a roll-back passes for success. */
export function assessService(input: AssessInput): Assessment {
  const { service } = input
  if (service.status === 'INACTIVE') return { kind: 'gone' }
  if (service.status === 'DRAINING') return { kind: 'draining' }
  const primary = primaryDeployment(service)
  if (primary === undefined) return moving(service, 'ECS shows no deployment yet')
  if (isSizeUnseen(input)) return moving(service, 'waiting until ECS shows the new size')
  switch (standing(input, primary)) {
    case 'unseen':
      return moving(service, 'waiting until ECS shows the new deployment')
    case 'rolled_back':
      return rolledBack(input, primary)
    case 'current':
      return current(input, primary)
  }
}

/** Whether a reading is from before our last change, as far as that can be told. Pure. */
export function isFromBefore(input: AssessInput): boolean {
  const primary = primaryDeployment(input.service)
  return primary !== undefined && (isSizeUnseen(input) || standing(input, primary) === 'unseen')
}

/** A size that we have just asked for, and an answer from before. Later it is an autoscaler's doing. */
function isSizeUnseen({ service, handle, now, consistencyWindowSeconds }: AssessInput): boolean {
  if (handle.desired_count === undefined || Number(handle.desired_count) === service.desiredCount) return false
  return isRecent(handle.written_at, now, consistencyWindowSeconds)
}

function standing(input: AssessInput, primary: Deployment): 'current' | 'unseen' | 'rolled_back' {
  const { service, handle, taskDefinition, now, consistencyWindowSeconds } = input
  const requested = handle.task_definition ?? taskDefinition
  const isOther = requested !== undefined && primary.taskDefinition !== requested
  if (handle.deployment_id === undefined) {
    if (isOther && hasRolledBack(service, primary)) return 'rolled_back'
    // A reply that did not name the deployment it started still says what it will run.
    const isAwaited = isOther && isRecent(handle.written_at, now, consistencyWindowSeconds)
    return isAwaited ? 'unseen' : 'current'
  }
  if (primary.id === handle.deployment_id) return 'current'
  const begun = Date.parse(handle.deployment_created_at ?? handle.written_at ?? '')
  const isOlder = Number.isNaN(begun) || (primary.createdAt?.getTime() ?? 0) < begun
  // Somebody has started yet another one since.
  if (!isOlder) return 'current'
  if (hasRolledBack(service, primary, handle)) return 'rolled_back'
  if (isRecent(handle.written_at, now, consistencyWindowSeconds)) return 'unseen'
  return isOther ? 'rolled_back' : 'current'
}

function hasRolledBack(service: Service, primary: Deployment, handle: EcsHandle = {}): boolean {
  const others = (service.deployments ?? []).filter(({ id }) => id !== primary.id)
  if (others.some(({ rolloutState }) => rolloutState === 'FAILED')) return true
  if (/roll(ing|ed)[ -]?back/i.test(primary.rolloutStateReason ?? '')) return true
  const since = Date.parse(handle.deployment_created_at ?? '')
  return (service.events ?? []).some(
    ({ message = '', createdAt }) =>
      message.includes(`rolling back to deployment ${primary.id}`) &&
      (Number.isNaN(since) || (createdAt?.getTime() ?? 0) >= since),
  )
}

function rolledBack({ service, handle }: AssessInput, primary: Deployment): Assessment {
  const failed = (service.deployments ?? []).find(({ rolloutState }) => rolloutState === 'FAILED')
  if (primary.rolloutState === 'IN_PROGRESS' || othersBusy(service, primary)) {
    return moving(service, 'the update failed; ECS is rolling back to what ran before')
  }
  const deploymentId = handle.deployment_id ?? failed?.id
  const since = timeOf(handle.deployment_created_at) ?? failed?.createdAt
  return {
    kind: 'failed',
    failure: { how: 'rolled_back', usable: runs(service), ...identity(deploymentId, since) },
  }
}

function current(input: AssessInput, primary: Deployment): Assessment {
  const { service, now } = input
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service
  if (desiredCount === 0) {
    if (runningCount + pendingCount === 0) return { kind: 'stopped' }
    return { kind: 'moving', state: 'stopping', message: `${tasks(runningCount + pendingCount)} still to stop` }
  }
  const failure = { usable: runs(service), ...identity(primary.id, primary.createdAt) }
  if (primary.rolloutState === 'FAILED') return { kind: 'failed', failure: { how: 'gave_up', ...failure } }
  const isFull = runningCount === desiredCount && pendingCount === 0
  if (isFull && !othersBusy(service, primary) && isCompleted(input, primary)) return { kind: 'running' }
  if (isFailing(service, primary, now)) return { kind: 'failed', failure: { how: 'failing', ...failure } }
  return moving(service, progress(service, primary))
}

function isCompleted({ service, now }: AssessInput, primary: Deployment): boolean {
  if (primary.rolloutState !== undefined) return primary.rolloutState === 'COMPLETED'
  // Services on a Classic Load Balancer have no rollout state. What counts as two good reads apart: ECS's own word, or time.
  const began = primary.createdAt?.getTime() ?? 0
  const saysSteady = (service.events ?? []).some(
    ({ message = '', createdAt }) =>
      message.includes('has reached a steady state') && (createdAt?.getTime() ?? 0) >= began,
  )
  const changedAt = primary.updatedAt ?? primary.createdAt
  return saysSteady || !isRecent(changedAt?.toISOString(), now, STEADY_WITHOUT_ROLLOUT_STATE_SECONDS)
}

function isFailing(service: Service, primary: Deployment, now: Date): boolean {
  if (service.deploymentConfiguration?.deploymentCircuitBreaker?.enable === true) return false
  if ((primary.failedTasks ?? 0) === 0 || primary.rolloutState === 'COMPLETED') return false
  return !isRecent(primary.createdAt?.toISOString(), now, FAILING_GRACE_SECONDS)
}

function othersBusy(service: Service, primary: Deployment): boolean {
  return (service.deployments ?? []).some(
    ({ id, runningCount = 0, pendingCount = 0 }) => id !== primary.id && runningCount + pendingCount > 0,
  )
}

const runs = ({ runningCount = 0 }: Service): boolean => runningCount > 0

function moving(service: Service, message: string): Assessment {
  return { kind: 'moving', state: runs(service) ? 'running' : 'starting', message }
}

function progress(service: Service, primary: Deployment): string {
  const { desiredCount = 0 } = service
  const { runningCount = 0, pendingCount = 0, failedTasks = 0 } = primary
  return [
    `${runningCount} of ${desiredCount} tasks running`,
    ...(pendingCount > 0 ? [`${pendingCount} on the way`] : []),
    ...(failedTasks > 0 ? [`${failedTasks} failed in a row`] : []),
    ...(othersBusy(service, primary) ? ['those from before are still there'] : []),
  ].join(', ')
}

const tasks = (count: number): string => `${count} ${count === 1 ? 'task' : 'tasks'}`

const timeOf = (time: string | undefined): Date | undefined => (time === undefined ? undefined : new Date(time))

function identity(deploymentId: string | undefined, since: Date | undefined): Pick<Failure, 'deploymentId' | 'since'> {
  return { ...(deploymentId === undefined ? {} : { deploymentId }), ...(since === undefined ? {} : { since }) }
}
