import { clientException, EcsError, invalidParameter } from './ecs-error.ts'
import { ecsArn, lastSegment } from './identifiers.ts'
import type { Simulation } from './simulation.ts'
import type { ClusterRecord, ServiceRecord, TaskDefinitionRecord, TaskRecord, World } from './world.ts'

/** By name or ARN; `default` when neither is given (documented). */
export function clusterArnOf({ account }: Simulation, cluster = 'default'): string {
  return cluster.startsWith('arn:') ? cluster : ecsArn(account, `cluster/${cluster}`)
}

/** @throws ClusterNotFoundException also for an INACTIVE one (inferred). */
export function findCluster(simulation: Simulation, cluster?: string): ClusterRecord {
  const found = simulation.world.clusters[clusterArnOf(simulation, cluster)]
  if (found?.status === 'ACTIVE') return found
  throw new EcsError({ type: 'ClusterNotFoundException', message: 'Cluster not found.' })
}

/** By name or ARN, long or short; the cluster counts also where an ARN names another. */
export function findService(
  { world, account }: Simulation,
  cluster: ClusterRecord,
  service: string,
): ServiceRecord | undefined {
  const belongs =
    !service.startsWith('arn:') || service.startsWith(`arn:aws:ecs:${account.region}:${account.id}:service/`)
  const parts = service.split('/')
  const inCluster = parts.length < 3 || parts[1] === cluster.name
  if (!belongs || !inCluster) return undefined
  return world.services[ecsArn(account, `service/${cluster.name}/${lastSegment(service)}`)]
}

/** @throws ServiceNotFoundException also for a service that is too fresh for the caller to see (reported by users). */
export function requireService(simulation: Simulation, cluster: ClusterRecord, service: string): ServiceRecord {
  const found = findService(simulation, cluster, service)
  const { seen } = simulation
  if (found !== undefined && (seen === undefined || seen.services[found.arn] !== undefined)) return found
  throw new EcsError({ type: 'ServiceNotFoundException', message: 'Service not found.' })
}

/** By id or ARN; the cluster counts also where an ARN names another, as it does for services (inferred). */
export function findTask({ world, account }: Simulation, cluster: ClusterRecord, task: string): TaskRecord | undefined {
  const found = world.tasks[task.startsWith('arn:') ? task : ecsArn(account, `task/${cluster.name}/${task}`)]
  return found?.clusterArn === cluster.arn ? found : undefined
}

/** 0 for a family that nobody has registered yet. */
export const newestRevision = ({ revisions }: World, family: string): number =>
  Object.hasOwn(revisions, family) ? (revisions[family] ?? 0) : 0

/** By ARN, `family:revision`, or family for its newest ACTIVE revision. */
export function findTaskDefinition(
  { world, account }: Simulation,
  reference: string,
): TaskDefinitionRecord | undefined {
  if (reference.startsWith('arn:')) return world.taskDefinitions[reference]
  if (reference.includes(':')) return world.taskDefinitions[ecsArn(account, `task-definition/${reference}`)]
  for (let revision = newestRevision(world, reference); revision > 0; revision -= 1) {
    const found = world.taskDefinitions[ecsArn(account, `task-definition/${reference}:${revision}`)]
    if (found?.status === 'ACTIVE') return found
  }
  return undefined
}

/** What a service or task may be started from. */
export function requireTaskDefinition(simulation: Simulation, reference: string | undefined): TaskDefinitionRecord {
  if (reference === undefined || reference === '') throw invalidParameter('TaskDefinition can not be blank.')
  const found = findTaskDefinition(simulation, reference)
  if (found === undefined) throw clientException('TaskDefinition not found.')
  if (found.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive')
  return found
}
