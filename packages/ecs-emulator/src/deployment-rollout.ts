import { deploymentId, ecsArn, lastSegment, shortId } from './identifiers.ts'
import { settingsLaunching } from './service-defaults.ts'
import { addEvent } from './service-events.ts'
import type { Simulation } from './simulation.ts'
import { EMPTY_DEPLOYMENT_S, SCHEDULER_DELAY_S, STEADY_EVENT_AFTER_MS } from './timings.ts'
import type { DeploymentRecord, LaunchSettings, ServiceDeploymentRecord, ServiceRecord } from './world.ts'

export const primaryOf = (service: ServiceRecord): DeploymentRecord => {
  const primary = service.deployments.find(({ status }) => status === 'PRIMARY')
  if (primary === undefined) throw new Error(`Service ${service.name} has no PRIMARY deployment.`)
  return primary
}

/** Makes a new PRIMARY deployment; the one before becomes ACTIVE and its service deployment, if unfinished, is stopped. */
export function startDeployment(simulation: Simulation, service: ServiceRecord, launch: LaunchSettings): void {
  const { account, world } = simulation
  const now = simulation.now()
  const path = `${lastSegment(service.clusterArn)}/${service.name}`
  const revisionArn = ecsArn(account, `service-revision/${path}/${shortId()}`)
  const { arn, clusterArn } = service
  world.serviceRevisions[revisionArn] = { arn: revisionArn, serviceArn: arn, clusterArn, createdAt: now, launch }
  const id = deploymentId()
  const record: ServiceDeploymentRecord = {
    arn: ecsArn(account, `service-deployment/${path}/${shortId()}`),
    serviceArn: arn,
    clusterArn,
    deploymentId: id,
    sourceRevisionArns: service.deployments.map((deployment) => deployment.revisionArn),
    targetRevisionArn: revisionArn,
    status: 'IN_PROGRESS',
    createdAt: now,
    updatedAt: now,
    breaker: breakerOf(service).enable ? 'MONITORING' : 'DISABLED',
    failureCount: 0,
  }
  world.serviceDeployments[record.arn] = record
  for (const previous of service.deployments) {
    previous.status = 'ACTIVE'
    if (previous.rolloutState === 'COMPLETED') previous.keeps ??= wantedTasks(simulation, service, previous)
    finishServiceDeployment(simulation, previous, 'STOPPED', 'Superseded by a newer deployment.')
  }
  service.deployments.unshift({
    id,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    createdAt: now,
    updatedAt: now,
    launch,
    revisionArn,
    serviceDeploymentArn: record.arn,
    failedTasks: 0,
    nextStartAt: 0,
  })
  service.steadyReported = false
  simulation.wake({ at: now + SCHEDULER_DELAY_S * 1000, kind: 'service', arn })
  simulation.wake({ at: now + EMPTY_DEPLOYMENT_S * 1000, kind: 'service', arn })
}

function wantedTasks({ world }: Simulation, { taskArns }: ServiceRecord, { id }: DeploymentRecord): number {
  const tasks = taskArns.flatMap((arn) => world.tasks[arn] ?? [])
  return tasks.filter(({ deploymentId, desiredStatus }) => deploymentId === id && desiredStatus === 'RUNNING').length
}

export function completeDeployment(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  const now = simulation.now()
  Object.assign(primary, { rolloutState: 'COMPLETED', rolloutStateReason: `ECS deployment ${primary.id} completed.` })
  primary.updatedAt = now
  delete primary.keeps
  service.deployments = [primary]
  service.lastCompleted = primary
  const record = simulation.world.serviceDeployments[primary.serviceDeploymentArn]
  const rolledBack = record?.status === 'ROLLBACK_IN_PROGRESS'
  finishServiceDeployment(simulation, primary, rolledBack ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL')
  addEvent(simulation, service, `(deployment ${primary.id}) deployment completed.`)
}

export function reportSteady(simulation: Simulation, service: ServiceRecord): void {
  if (service.steadyReported) return
  service.steadyReported = true
  addEvent(simulation, service, 'has reached a steady state.', { delayMs: STEADY_EVENT_AFTER_MS })
}

/** Marks the deployment under way as failed once the circuit breaker's threshold is reached, and rolls back if asked to. */
export function checkBreaker(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  const breaker = breakerOf(service)
  const record = simulation.world.serviceDeployments[primary.serviceDeploymentArn]
  if (record !== undefined && primary.rolloutState === 'IN_PROGRESS') record.failureCount = primary.failedTasks
  if (!breaker.enable || primary.rolloutState !== 'IN_PROGRESS') return
  if (primary.failedTasks < breakerThreshold(service)) return
  if (record !== undefined) record.breaker = 'TRIGGERED'
  const reason = 'tasks failed to start.'
  addEvent(simulation, service, `(deployment ${primary.id}) deployment failed: ${reason}`)
  const again = record?.status === 'ROLLBACK_IN_PROGRESS'
  if (breaker.rollback && !again && service.lastCompleted !== undefined) {
    rollBack(simulation, service, `ECS deployment circuit breaker: ${reason}`)
    return
  }
  failDeployment(simulation, primary, `ECS deployment circuit breaker: ${reason}`)
  finishServiceDeployment(simulation, primary, again ? 'ROLLBACK_FAILED' : 'STOPPED', reason)
}

/** The last completed deployment becomes PRIMARY again under its old id. The caller made sure that there is one. */
export function rollBack(simulation: Simulation, service: ServiceRecord, reason: string): void {
  const failed = primaryOf(service)
  const target = service.lastCompleted
  if (target === undefined) throw new Error(`Service ${service.name} has no completed deployment to roll back to.`)
  const now = simulation.now()
  failDeployment(simulation, failed, reason)
  failed.status = 'ACTIVE'
  const record = simulation.world.serviceDeployments[failed.serviceDeploymentArn]
  if (record !== undefined) {
    Object.assign(record, { status: 'ROLLBACK_IN_PROGRESS', updatedAt: now, statusReason: reason })
    record.rollback = { reason, startedAt: now, revisionArn: target.revisionArn }
  }
  const { keeps: _, ...before } = target
  const restored: DeploymentRecord = {
    ...before,
    status: 'PRIMARY',
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`,
    updatedAt: now,
    failedTasks: 0,
    nextStartAt: 0,
    serviceDeploymentArn: failed.serviceDeploymentArn,
  }
  service.deployments = [restored, ...service.deployments.filter(({ id }) => id !== target.id)]
  service.settings = settingsLaunching(target.launch, service.settings)
  service.steadyReported = false
  addEvent(simulation, service, `rolling back to deployment ${target.id}.`)
  simulation.wake({ at: now + SCHEDULER_DELAY_S * 1000, kind: 'service', arn: service.arn })
}

export function finishServiceDeployment(
  simulation: Simulation,
  deployment: DeploymentRecord,
  status: ServiceDeploymentRecord['status'],
  statusReason?: string,
): void {
  const record = simulation.world.serviceDeployments[deployment.serviceDeploymentArn]
  if (record === undefined || record.finishedAt !== undefined) return
  const now = simulation.now()
  Object.assign(record, { status, updatedAt: now, finishedAt: now })
  if (statusReason !== undefined) record.statusReason = statusReason
  if (record.breaker === 'MONITORING') record.breaker = 'MONITORING_COMPLETE'
}

function failDeployment(simulation: Simulation, deployment: DeploymentRecord, rolloutStateReason: string): void {
  Object.assign(deployment, { rolloutState: 'FAILED', rolloutStateReason, updatedAt: simulation.now() })
}

const breakerOf = ({ settings }: ServiceRecord): { enable: boolean; rollback: boolean } => {
  const breaker = settings.deploymentConfiguration?.deploymentCircuitBreaker
  return { enable: breaker?.enable === true, rollback: breaker?.rollback === true }
}

/** Documented: half of the desired count, at least 3 and at most 200, unless a threshold of its own is configured. */
export function breakerThreshold({ settings, desiredCount }: ServiceRecord): number {
  const threshold = settings.deploymentConfiguration?.deploymentCircuitBreaker?.thresholdConfiguration
  if (threshold?.type === 'COUNT') return threshold.value ?? 3
  const share = Math.ceil((desiredCount * (threshold?.value ?? 50)) / 100)
  return threshold?.type === 'UNBOUNDED_PERCENT' ? share : Math.min(Math.max(share, 3), 200)
}
