import { countFailure } from './deployment-failures.ts'
import { checkBreaker, completeDeployment, primaryOf, reportSteady } from './deployment-rollout.ts'
import { lastSegment } from './identifiers.ts'
import { addEvent, taskList } from './service-events.ts'
import { findUnhealthyTarget, settleTask } from './service-targets.ts'
import type { Simulation } from './simulation.ts'
import { createTask, stopTask } from './task-lifecycle.ts'
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

function liveTasks({ world }: Simulation, service: ServiceRecord): TaskRecord[] {
  return service.taskArns.flatMap((arn) => world.tasks[arn] ?? [])
}

function stepActive(simulation: Simulation, service: ServiceRecord): void {
  for (const task of liveTasks(simulation, service)) settleTask(simulation, task)
  stopUnhealthy(simulation, service)
  checkBreaker(simulation, service)
  stopSuperseded(simulation, service)
  stopExcess(simulation, service)
  startMissing(simulation, service)
  settle(simulation, service)
}

const isWanted = (task: TaskRecord): boolean => task.desiredStatus === 'RUNNING'
const isServing = (task: TaskRecord): boolean => isWanted(task) && task.settled && task.healthStatus !== 'UNHEALTHY'

interface Bounds {
  /** `minimumHealthyPercent`, rounded up (documented). */
  readonly atLeast: number
  /** `maximumPercent`, rounded down (documented). */
  readonly atMost: number
}

function boundsOf({ settings, desiredCount }: ServiceRecord): Bounds {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = settings.deploymentConfiguration ?? {}
  return {
    atLeast: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
    atMost: Math.floor((desiredCount * maximumPercent) / 100),
  }
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

/** Stops tasks of earlier deployments as far as the minimum of serving tasks allows. */
function stopSuperseded(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  if (primary.rolloutState === 'FAILED') return
  const live = liveTasks(simulation, service)
  const old = live.filter((task) => task.deploymentId !== primary.id && isWanted(task))
  if (old.length === 0) return
  const idle = old.filter((task) => !isServing(task))
  const spare = Math.max(live.filter(isServing).length - boundsOf(service).atLeast, 0)
  const stopping = [...idle, ...old.filter(isServing).slice(0, spare)]
  stopAll(simulation, service, stopping)
  const canStart = live.length < boundsOf(service).atMost || live.some((task) => !isWanted(task))
  const waits = live.some((task) => isWanted(task) && !task.settled)
  if (stopping.length > 0 || canStart || waits || primary.blockedReported === true) return
  primary.blockedReported = true
  const text = 'was unable to stop or start tasks during a deployment because of the service deployment configuration.'
  addEvent(simulation, service, `${text} Update the minimumHealthyPercent or maximumPercent value and try again.`)
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

function stopAll(simulation: Simulation, service: ServiceRecord, tasks: readonly TaskRecord[]): void {
  if (tasks.length === 0) return
  addEvent(simulation, service, `has stopped ${tasks.length} running tasks: ${taskList(tasks)}.`)
  for (const task of tasks) {
    const reason = `Scaling activity initiated by (deployment ${task.deploymentId})`
    stopTask(simulation, task, { stopCode: 'ServiceSchedulerInitiated', reason })
  }
}

function startMissing(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  if (primary.rolloutState === 'FAILED') return
  const live = liveTasks(simulation, service)
  const own = live.filter((task) => task.deploymentId === primary.id && isWanted(task))
  const count = Math.min(service.desiredCount - own.length, boundsOf(service).atMost - live.length)
  if (count <= 0) return
  service.steadyReported = false
  if (simulation.now() < primary.nextStartAt) {
    simulation.wake({ at: primary.nextStartAt, kind: 'service', arn: service.arn })
    return
  }
  const started: TaskRecord[] = []
  while (started.length < count) {
    const task = startOne(simulation, service)
    if (task === undefined) break
    started.push(task)
  }
  if (started.length > 0) addEvent(simulation, service, `has started ${started.length} tasks: ${taskList(started)}.`)
}

/** Inferred: how soon a task that found no place is tried again, before the back-off sets in. */
const PLACEMENT_RETRY_MS = 10_000

function startOne(simulation: Simulation, service: ServiceRecord): TaskRecord | undefined {
  const primary = primaryOf(service)
  const definition = lastSegment(primary.launch.taskDefinition)
  const [family = definition] = definition.split(':')
  const cluster = lastSegment(service.clusterArn)
  const subject = { cluster, service: service.name, family, taskDefinition: definition }
  const behaviour = simulation.scripts.take(subject)
  if (behaviour.kind === 'no_capacity') {
    const reason =
      behaviour.reason ??
      'Capacity is unavailable at this time. Please try again later or in a different availability zone.'
    addEvent(simulation, service, `was unable to place a task. Reason: ${reason}`)
    countFailure(simulation, service, primary)
    primary.nextStartAt = Math.max(primary.nextStartAt, simulation.now() + PLACEMENT_RETRY_MS)
    simulation.wake({ at: primary.nextStartAt, kind: 'service', arn: service.arn })
    return undefined
  }
  return createTask(simulation, {
    clusterArn: service.clusterArn,
    taskDefinition: primary.launch.taskDefinition,
    group: `service:${service.name}`,
    startedBy: primary.id,
    serviceArn: service.arn,
    deploymentId: primary.id,
    launch: primary.launch,
    behaviour,
    request: { enableExecuteCommand: service.settings.enableExecuteCommand === true },
  })
}

/** Old deployments go once drained; the primary one completes when exactly what is wanted runs and has settled. */
function settle(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  const live = liveTasks(simulation, service)
  const occupied = live.filter((task) => task.lastStatus !== 'DEPROVISIONING')
  service.deployments = service.deployments.filter(
    ({ id }) => id === primary.id || occupied.some((task) => task.deploymentId === id),
  )
  const serving = live.filter((task) => task.deploymentId === primary.id && isServing(task))
  if (serving.length !== service.desiredCount || occupied.length !== service.desiredCount) return
  if (primary.rolloutState === 'IN_PROGRESS') {
    const empty = service.desiredCount === 0
    if (empty && simulation.now() < primary.createdAt + EMPTY_DEPLOYMENT_S * 1000) return
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
}
