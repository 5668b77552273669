import { countFailure } from './deployment-failures.ts'
import { checkBreaker, completeDeployment, primaryOf, reportSteady } from './deployment-rollout.ts'
import { lastSegment } from './identifiers.ts'
import { addEvent } from './service-events.ts'
import { forgetHistory } from './service-history.ts'
import { findUnhealthyTarget, settleTask } from './service-targets.ts'
import { boundsOf, isServing, isWanted, liveTasks, startTasks, stopAll } from './service-tasks.ts'
import type { Simulation } from './simulation.ts'
import { replaceSuperseded, stopSuperseded } from './superseded-tasks.ts'
import { stopTask } from './task-lifecycle.ts'
import { DRAINING_AT_LEAST_S, EMPTY_DEPLOYMENT_S, INACTIVE_SERVICE_VISIBLE_S } from './timings.ts'
import type { ServiceRecord, TaskRecord } from './world.ts'

/** Brings one service a step nearer to what is wanted of it. Safe to call at any time and any number of times. */
export function stepService(simulation: Simulation, arn: string): void {
  const service = simulation.world.services[arn]
  if (service === undefined) return
  if (service.status === 'ACTIVE') stepActive(simulation, service)
  else if (service.status === 'DRAINING') stepDraining(simulation, service)
  else stepInactive(simulation, service)
}

function stepActive(simulation: Simulation, service: ServiceRecord): void {
  for (const task of liveTasks(simulation, service)) settleTask(simulation, task)
  stopUnhealthy(simulation, service)
  checkBreaker(simulation, service)
  stopSuperseded(simulation, service)
  stopExcess(simulation, service)
  startMissing(simulation, service)
  replaceSuperseded(simulation, service)
  settle(simulation, service)
}

function stopUnhealthy(simulation: Simulation, service: ServiceRecord): void {
  for (const task of liveTasks(simulation, service)) {
    if (!isWanted(task)) continue
    const failure = healthFailure(simulation, task)
    if (failure === undefined) continue
    const graceEnd = (task.startedAt ?? 0) + (service.settings.healthCheckGracePeriodSeconds ?? 0) * 1000
    if (simulation.now() < graceEnd) {
      simulation.wake({ at: graceEnd, kind: 'service', arn: service.arn })
      continue
    }
    const deployment = service.deployments.find(({ id }) => id === task.deploymentId)
    if (deployment !== undefined) countFailure(simulation, service, deployment)
    addEvent(simulation, service, `(task ${lastSegment(task.arn)}) ${failure.event}`)
    stopTask(simulation, task, { stopCode: 'ServiceSchedulerInitiated', reason: failure.reason })
  }
}

interface HealthFailure {
  readonly event: string
  readonly reason: string
}

/** Both texts are those that users report. */
function healthFailure(simulation: Simulation, task: TaskRecord): HealthFailure | undefined {
  if (task.healthStatus === 'UNHEALTHY') {
    return { event: 'failed container health checks.', reason: 'Task failed container health checks' }
  }
  const found = findUnhealthyTarget(simulation, task)
  if (found === undefined) return undefined
  const where = `(target-group ${found.targetGroupArn})`
  const event = `(port ${found.port}) is unhealthy in ${where} due to (reason Health checks failed).`
  return { event, reason: `Task failed ELB health checks in ${where}` }
}

/** After the desired count fell: the youngest go, those that do not serve yet first. */
function stopExcess(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  const own = liveTasks(simulation, service).filter((task) => task.deploymentId === primary.id && isWanted(task))
  const excess = own.length - service.desiredCount
  if (excess <= 0) return
  const youngestFirst = own.toReversed().sort((left, right) => Number(isServing(left)) - Number(isServing(right)))
  stopAll(simulation, service, youngestFirst.slice(0, excess))
}

function startMissing(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  if (primary.rolloutState === 'FAILED') return
  const live = liveTasks(simulation, service)
  const own = live.filter((task) => task.deploymentId === primary.id && isWanted(task))
  const count = Math.min(service.desiredCount - own.length, boundsOf(service).atMost - live.length)
  startTasks(simulation, service, primary, count)
}

/** Old deployments go once drained; the primary one completes when exactly what is wanted runs and has settled. */
function settle(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  const live = liveTasks(simulation, service)
  const occupied = live.filter((task) => task.lastStatus !== 'DEPROVISIONING')
  service.deployments = service.deployments.filter(
    ({ id, keeps = 0 }) => id === primary.id || keeps > 0 || occupied.some((task) => task.deploymentId === id),
  )
  const serving = live.filter((task) => task.deploymentId === primary.id && isServing(task))
  if (serving.length !== service.desiredCount || occupied.length !== service.desiredCount) return
  if (primary.rolloutState === 'IN_PROGRESS') {
    const earliest = service.desiredCount === 0 ? primary.createdAt + EMPTY_DEPLOYMENT_S * 1000 : 0
    if (simulation.now() < earliest) {
      simulation.wake({ at: earliest, kind: 'service', arn: service.arn })
      return
    }
    completeDeployment(simulation, service)
  }
  if (primary.rolloutState === 'COMPLETED') reportSteady(simulation, service)
}

function stepDraining(simulation: Simulation, service: ServiceRecord): void {
  const live = liveTasks(simulation, service)
  stopAll(simulation, service, live.filter(isWanted))
  const earliest = (service.drainingSince ?? 0) + DRAINING_AT_LEAST_S * 1000
  const drains = simulation.quirks().noDraining !== true
  if (drains && live.length > 0) return
  if (drains && simulation.now() < earliest) {
    simulation.wake({ at: earliest, kind: 'service', arn: service.arn })
    return
  }
  Object.assign(service, { status: 'INACTIVE', inactiveSince: simulation.now(), events: [] })
  service.deployments = [primaryOf(service)]
  stepInactive(simulation, service)
}

function stepInactive({ world, now, wake }: Simulation, service: ServiceRecord): void {
  const goneAt = (service.inactiveSince ?? 0) + INACTIVE_SERVICE_VISIBLE_S * 1000
  if (now() < goneAt) {
    wake({ at: goneAt, kind: 'service', arn: service.arn })
    return
  }
  delete world.services[service.arn]
  delete world.tags[service.arn]
  forgetHistory(world, service.arn)
}
