import { primaryOf } from './deployment-rollout.ts'
import { addEvent } from './service-events.ts'
import { boundsOf, isServing, isWanted, liveTasks, startTasks, stopAll } from './service-tasks.ts'
import type { Simulation } from './simulation.ts'
import type { ServiceRecord, TaskRecord } from './world.ts'

/** Stops tasks of earlier deployments as far as the minimum of serving tasks allows. */
export function stopSuperseded(simulation: Simulation, service: ServiceRecord): void {
  const primary = primaryOf(service)
  if (primary.rolloutState === 'FAILED') return
  const live = liveTasks(simulation, service)
  const old = live.filter((task) => task.deploymentId !== primary.id && isWanted(task))
  if (old.length === 0) return
  const surplus = live.filter(isServing).length - boundsOf(service).atLeast
  const idle = old.filter((task) => !isServing(task))
  const replacing = idle.filter((task) => isReplacement(service, task))
  const stopping = [
    ...idle.filter((task) => !replacing.includes(task)),
    ...replacing.slice(Math.max(-surplus, 0)),
    ...old.filter(isServing).slice(0, Math.max(surplus, 0)),
  ]
  giveUp(service, stopping)
  stopAll(simulation, service, stopping)
  const canStart = live.length < boundsOf(service).atMost || live.some((task) => !isWanted(task))
  const waits = live.some((task) => isWanted(task) && !task.settled)
  if (stopping.length > 0 || canStart || waits || primary.blockedReported === true) return
  primary.blockedReported = true
  const text = 'was unable to stop or start tasks during a deployment because of the service deployment configuration.'
  addEvent(simulation, service, `${text} Update the minimumHealthyPercent or maximumPercent value and try again.`)
}

/** Whether a task that does not serve yet is on its way to take a dead one's place in a deployment that had completed. */
const isReplacement = ({ deployments }: ServiceRecord, { deploymentId }: TaskRecord): boolean =>
  deployments.some(({ id, keeps = 0 }) => id === deploymentId && keeps > 0)

/** A task that the scheduler stops for a newer deployment is not replaced. */
function giveUp({ deployments }: ServiceRecord, tasks: readonly TaskRecord[]): void {
  for (const { deploymentId } of tasks) {
    const deployment = deployments.find(({ id }) => id === deploymentId)
    if (deployment?.keeps !== undefined) deployment.keeps = Math.max(deployment.keeps - 1, 0)
  }
}

/**
 * While a newer deployment does not serve yet, a completed one keeps its tasks: what dies is replaced as far as the minimum asks,
 * in the room that the newer one leaves (inferred).
 */
export function replaceSuperseded(simulation: Simulation, service: ServiceRecord): void {
  const { atLeast, atMost } = boundsOf(service)
  for (const deployment of service.deployments) {
    if (deployment.status === 'PRIMARY' || (deployment.keeps ?? 0) === 0) continue
    const live = liveTasks(simulation, service)
    const serving = live.filter(isServing)
    const own = live.filter((task) => task.deploymentId === deployment.id && isWanted(task))
    const coming = own.filter((task) => !isServing(task))
    const lacking = atLeast - serving.length - coming.length
    const count = Math.min((deployment.keeps ?? 0) - own.length, lacking, atMost - live.length)
    startTasks(simulation, service, deployment, count)
  }
}
