import { taskSettled } from './deployment-failures.ts'
import type { TargetGroupRecord, TargetRecord } from './load-balancing-records.ts'
import { addEvent } from './service-events.ts'
import type { Simulation } from './simulation.ts'
import { deregister, dropDrained, firstCheckAt, noChecksYet, targetHealth } from './target-health.ts'
import type { TaskRecord, World } from './world.ts'

interface RegisteredTarget {
  readonly group: TargetGroupRecord
  readonly target: TargetRecord
}

/** Where the load balancer reaches a container's port: at the task's own address, or on the instance that it runs on. */
interface TaskTarget {
  readonly id: string
  readonly port: number
}

const targetsOf = ({ targetGroups }: World, { arn, launch }: TaskRecord): RegisteredTarget[] =>
  launch.loadBalancers.flatMap(({ targetGroupArn }) => {
    const group = targetGroups[targetGroupArn ?? '']
    return (group?.targets ?? [])
      .filter(({ taskArn, drainingUntil }) => taskArn === arn && drainingUntil === undefined)
      .flatMap((target) => (group === undefined ? [] : { group, target }))
  })

/** A task of a service that has started is registered with the service's target groups. */
export function registerTargets(simulation: Simulation, task: TaskRecord): void {
  const { world } = simulation
  const service = world.services[task.serviceArn ?? '']
  // A real container may start although its task has been asked to stop meanwhile.
  if (service === undefined || task.desiredStatus === 'STOPPED') return
  for (const { targetGroupArn, containerName = '', containerPort = 0 } of task.launch.loadBalancers) {
    const group = world.targetGroups[targetGroupArn ?? '']
    const address = addressOf(world, task, containerName, containerPort)
    if (group === undefined) continue
    const target: TargetRecord = {
      ...address,
      taskArn: task.arn,
      registeredAt: simulation.now(),
      failing: false,
      // A task that follows a script has no containers that could answer.
      ...(simulation.probesTargets && task.behaviour.kind === 'run' ? { checks: noChecksYet() } : {}),
    }
    dropDrained(group, simulation.now())
    group.targets.push(target)
    addEvent(simulation, service, `registered 1 targets in (target-group ${group.arn})`)
  }
}

/** The instance on which tasks without an address of their own run, and its first port for them (invented). */
const INSTANCE = 'i-00000000000000001'
const FIRST_HOST_PORT = 32_768

function addressOf(world: World, task: TaskRecord, containerName: string, containerPort: number): TaskTarget {
  const bindings = task.containers?.[containerName]?.networkBindings
  const bound = bindings?.find((binding) => binding.containerPort === containerPort)?.hostPort
  if (task.network !== undefined) return { id: task.network.privateIp, port: bound ?? containerPort }
  if (bound !== undefined) return { id: INSTANCE, port: bound }
  const definition = world.taskDefinitions[task.taskDefinition]?.definition
  const container = definition?.containerDefinitions?.find(({ name }) => name === containerName)
  const mapping = container?.portMappings?.find((port) => port.containerPort === containerPort)
  const fixed = definition?.networkMode === 'host' ? containerPort : mapping?.hostPort
  if (fixed !== undefined && fixed > 0) return { id: INSTANCE, port: fixed }
  world.addressesGiven += 1
  return { id: INSTANCE, port: FIRST_HOST_PORT + (world.addressesGiven % 28_000) }
}

/** Takes a task's targets out. @returns when the longest of them has drained; nothing for a task without targets. */
export function deregisterTargets(simulation: Simulation, task: TaskRecord): number | undefined {
  const { world } = simulation
  const registered = targetsOf(world, task)
  if (registered.length === 0) return undefined
  const service = world.services[task.serviceArn ?? '']
  const ends = registered.map(({ group, target }) => {
    if (service !== undefined) addEvent(simulation, service, `deregistered 1 targets in (target-group ${group.arn})`)
    return deregister(group, target, simulation.now())
  })
  if (service !== undefined) {
    addEvent(simulation, service, 'has begun draining connections on 1 tasks.', { taskSet: task.deploymentId })
  }
  return Math.max(...ends)
}

/** What the next health check of the load balancers finds. @returns false for a task without targets. */
export function setTargetHealth({ world }: Simulation, task: TaskRecord, status: 'HEALTHY' | 'UNHEALTHY'): boolean {
  const registered = targetsOf(world, task)
  for (const { target } of registered) target.failing = status === 'UNHEALTHY'
  return registered.length > 0
}

/** A task counts once its containers have settled and every load balancer finds it healthy (documented). */
export function settleTask(simulation: Simulation, task: TaskRecord): void {
  if (task.settled || task.containersSettled !== true) return
  const { world } = simulation
  const now = simulation.now()
  const waited = targetsOf(world, task).filter(
    ({ group, target }) => targetHealth(world, group, target, now).state !== 'healthy',
  )
  for (const { group, target } of waited) {
    const at = firstCheckAt(group, target)
    if (at > now && task.serviceArn !== undefined) simulation.wake({ at, kind: 'service', arn: task.serviceArn })
  }
  if (waited.length > 0) return
  task.settled = true
  taskSettled(simulation, task)
}

/** The first target of a task that a load balancer finds unhealthy. */
export function findUnhealthyTarget(
  { world, now }: Simulation,
  task: TaskRecord,
): { readonly targetGroupArn: string; readonly port: number } | undefined {
  const found = targetsOf(world, task).find(
    ({ group, target }) => targetHealth(world, group, target, now()).state === 'unhealthy',
  )
  return found === undefined ? undefined : { targetGroupArn: found.group.arn, port: found.target.port }
}
