import { taskFailed } from './deployment-failures.ts'
import { ecsArn, lastSegment, taskId } from './identifiers.ts'
import { deregisterTargets, registerTargets, setTargetHealth, settleTask } from './service-targets.ts'
import type { Simulation } from './simulation.ts'
import type { TaskBehaviour } from './task-behaviour.ts'
import { allocateNetwork } from './task-network.ts'
import { tagsOfNewTask } from './task-tags.ts'
import { DEFAULT_STOP_TIMEOUT_S, STOPPED_TASK_VISIBLE_S } from './timings.ts'
import type { LaunchSettings, TaskRecord, TaskReport, TimedReport } from './world.ts'
import { writeScriptedLogs } from './write-scripted-logs.ts'

export interface NewTask {
  readonly clusterArn: string
  readonly taskDefinition: string
  readonly group: string
  readonly startedBy?: string
  readonly serviceArn?: string
  readonly deploymentId?: string
  readonly launch: LaunchSettings
  readonly behaviour: TaskBehaviour
  readonly request: TaskRecord['request']
}

export function createTask(simulation: Simulation, input: NewTask): TaskRecord {
  const { account, world } = simulation
  const arn = ecsArn(account, `task/${lastSegment(input.clusterArn)}/${taskId()}`)
  const network = allocateNetwork(simulation, input.taskDefinition, input.launch)
  const task: TaskRecord = {
    ...input,
    arn,
    ...(network === undefined ? {} : { network }),
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthStatus: 'UNKNOWN',
    attached: false,
    settled: false,
    version: 1,
    createdAt: simulation.now(),
    pending: [],
  }
  world.tasks[arn] = task
  const service = input.serviceArn === undefined ? undefined : world.services[input.serviceArn]
  if (service !== undefined) {
    service.taskArns.push(arn)
    world.tags[arn] = tagsOfNewTask(world, { ...service.settings, ...input, service })
  }
  expectReports(simulation, task, simulation.runtime.start(task, simulation.now()))
  return task
}

export interface StopRequest {
  readonly stopCode: 'ServiceSchedulerInitiated' | 'UserInitiated'
  readonly reason: string
}

/**
 * Asks a task to stop. It still shows as running until its containers have exited (captured); behind a load balancer as
 * DEACTIVATING while its connections drain, before its containers hear of it (documented).
 */
export function stopTask(simulation: Simulation, task: TaskRecord, { stopCode, reason }: StopRequest): void {
  if (task.desiredStatus === 'STOPPED') return
  const now = simulation.now()
  Object.assign(task, { desiredStatus: 'STOPPED', stopCode, stoppedReason: reason, stoppingAt: now })
  task.version += 1
  const drainingUntil = deregisterTargets(simulation, task)
  if (drainingUntil === undefined) {
    stopContainers(simulation, task)
    return
  }
  Object.assign(task, { drainingUntil, lastStatus: 'DEACTIVATING' })
  simulation.wake({ at: drainingUntil, kind: 'task', arn: task.arn })
}

function stopContainers(simulation: Simulation, task: TaskRecord): void {
  delete task.drainingUntil
  const reports = simulation.runtime.stop(task, simulation.now(), stopTimeout(simulation, task))
  expectReports(simulation, task, reports)
}

/** What has just happened to a task, for runtimes that cannot tell in advance. */
export function reportTask(simulation: Simulation, arn: string, report: TaskReport): void {
  const task = simulation.world.tasks[arn]
  if (task === undefined) return
  addReports(task, [{ at: simulation.now(), report }])
  simulation.wake({ at: simulation.now(), kind: 'task', arn })
}

/** Applies what the runtime has reported by now. */
export function stepTask(simulation: Simulation, arn: string): void {
  const { world } = simulation
  const task = world.tasks[arn]
  if (task === undefined) return
  const now = simulation.now()
  for (let next = task.pending[0]; next !== undefined && next.at <= now; next = task.pending[0]) {
    task.pending.shift()
    applyReport(simulation, task, next.report)
    task.version += 1
    addReports(task, simulation.runtime.follow?.(task, next.report, now) ?? [])
  }
  const { drainingUntil } = task
  if (drainingUntil !== undefined && drainingUntil <= now) stopContainers(simulation, task)
  else if (drainingUntil !== undefined) simulation.wake({ at: drainingUntil, kind: 'task', arn })
  const upcoming = task.pending[0]
  if (upcoming !== undefined) simulation.wake({ at: upcoming.at, kind: 'task', arn })
  if (task.stoppedAt !== undefined) forgetLater(simulation, task, task.stoppedAt)
  if (task.serviceArn !== undefined) simulation.wake({ at: now, kind: 'service', arn: task.serviceArn })
}

function applyReport(simulation: Simulation, task: TaskRecord, report: TaskReport): void {
  const now = simulation.now()
  switch (report.kind) {
    case 'attached':
      Object.assign(task, { attached: true, connectivityAt: now, lastStatus: 'PENDING' })
      return
    case 'pull_started':
      task.pullStartedAt = now
      return
    case 'pull_stopped':
      task.pullStoppedAt = now
      return
    case 'started':
      Object.assign(task, { startedAt: now, lastStatus: 'RUNNING' })
      writeScriptedLogs(simulation.world, task, now)
      registerTargets(simulation, task)
      return
    case 'health':
      // Without a check of its own, the container's state is for the load balancer to find.
      if (hasHealthCheck(simulation, task) || !setTargetHealth(simulation, task, report.status)) {
        task.healthStatus = report.status
      }
      return
    case 'settled':
      task.containersSettled = true
      settleTask(simulation, task)
      return
    case 'failed_to_start':
      endByItself(simulation, task, 'TaskFailedToStart', report.reason)
      task.containerReason = report.reason
      return
    case 'container':
      task.containers = { ...task.containers, [report.name]: { ...task.containers?.[report.name], ...report.state } }
      return
    case 'exited':
      if (report.exitCode !== undefined) task.exitCode = report.exitCode
      if (report.reason !== undefined) task.containerReason = report.reason
      if (task.desiredStatus === 'RUNNING') {
        endByItself(simulation, task, 'EssentialContainerExited', 'Essential container in task exited')
        return
      }
      Object.assign(task, { executionStoppedAt: now, lastStatus: 'DEPROVISIONING' })
      if (task.drainingUntil === undefined) return
      delete task.drainingUntil
      task.pending = [...simulation.runtime.release(task, now)]
      return
    case 'stopped':
      Object.assign(task, { stoppedAt: now, lastStatus: 'STOPPED' })
      task.executionStoppedAt ??= now
      leaveService(simulation, task)
      return
  }
}

function endByItself(simulation: Simulation, task: TaskRecord, stopCode: string, stoppedReason: string): void {
  const now = simulation.now()
  Object.assign(task, { desiredStatus: 'STOPPED', lastStatus: 'DEPROVISIONING', stopCode, stoppedReason })
  Object.assign(task, { stoppingAt: now, executionStoppedAt: now })
  if (!task.settled) taskFailed(simulation, task)
  deregisterTargets(simulation, task)
  task.pending = [...simulation.runtime.release(task, now)]
}

function leaveService({ world }: Simulation, task: TaskRecord): void {
  const service = task.serviceArn === undefined ? undefined : world.services[task.serviceArn]
  if (service !== undefined) service.taskArns = service.taskArns.filter((arn) => arn !== task.arn)
}

function forgetLater(simulation: Simulation, task: TaskRecord, stoppedAt: number): void {
  const at = stoppedAt + STOPPED_TASK_VISIBLE_S * 1000
  if (at <= simulation.now()) {
    delete simulation.world.tasks[task.arn]
    delete simulation.world.tags[task.arn]
  } else simulation.wake({ at, kind: 'task', arn: task.arn })
}

function expectReports(simulation: Simulation, task: TaskRecord, reports: readonly TimedReport[]): void {
  task.pending = []
  addReports(task, reports)
  const next = task.pending[0]
  if (next !== undefined) simulation.wake({ at: next.at, kind: 'task', arn: task.arn })
}

function hasHealthCheck({ world }: Simulation, { taskDefinition }: TaskRecord): boolean {
  const containers = world.taskDefinitions[taskDefinition]?.definition.containerDefinitions ?? []
  return containers.some(({ healthCheck }) => healthCheck !== undefined)
}

/** The sort is stable: what was reported first comes first among equals. */
function addReports(task: TaskRecord, reports: readonly TimedReport[]): void {
  if (reports.length > 0) task.pending = [...task.pending, ...reports].sort((left, right) => left.at - right.at)
}

/** Documented: the longest of the containers' `stopTimeout`, 30 s where none is given. */
function stopTimeout({ world }: Simulation, { taskDefinition }: TaskRecord): number {
  const containers = world.taskDefinitions[taskDefinition]?.definition.containerDefinitions ?? []
  return Math.max(...containers.map((container) => container.stopTimeout ?? DEFAULT_STOP_TIMEOUT_S), 0)
}
