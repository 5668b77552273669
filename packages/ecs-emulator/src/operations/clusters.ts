import type {
  Cluster,
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
} from '@aws-sdk/client-ecs'
import { EcsError } from '../ecs-error.ts'
import { clusterArnOf, findCluster } from '../find-records.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { checkName, checkTags } from '../validation-rules.ts'
import type { ClusterRecord } from '../world.ts'

export function createCluster(input: CreateClusterRequest, simulation: Simulation): CreateClusterResponse {
  const { world } = simulation
  const name = input.clusterName ?? 'default'
  checkName('Cluster name', name)
  checkTags(input.tags)
  const arn = clusterArnOf(simulation, name)
  // Inferred: creating a cluster that is there answers with it as it is.
  const existing = world.clusters[arn]
  if (existing?.status === 'ACTIVE') return { cluster: toCluster(simulation, existing, ['TAGS']) }
  const cluster: ClusterRecord = {
    arn,
    name,
    status: 'ACTIVE',
    settings: input.settings ?? [{ name: 'containerInsights', value: 'disabled' }],
    capacityProviders: input.capacityProviders ?? [],
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy ?? [],
  }
  world.clusters[arn] = cluster
  world.tags[arn] = input.tags ?? []
  return { cluster: toCluster(simulation, cluster, ['TAGS']) }
}

export function describeClusters(input: DescribeClustersRequest, simulation: Simulation): DescribeClustersResponse {
  const clusters: Cluster[] = []
  const failures: NonNullable<DescribeClustersResponse['failures']> = []
  for (const reference of input.clusters ?? ['default']) {
    const arn = clusterArnOf(simulation, reference)
    const found = simulation.world.clusters[arn]
    if (found === undefined) failures.push({ arn, reason: 'MISSING' })
    else clusters.push(toCluster(simulation, found, input.include ?? []))
  }
  return { clusters, failures }
}

export function listClusters(input: ListClustersRequest, { world }: Simulation): ListClustersResponse {
  const active = Object.values(world.clusters).filter(({ status }) => status === 'ACTIVE')
  const { items, ...next } = paginate(active, ({ arn }) => arn, input, { defaultSize: 100, maxSize: 100 })
  return { clusterArns: items.map(({ arn }) => arn), ...next }
}

/** Refused while it holds services or tasks, also tasks that are still stopping (captured). */
export function deleteCluster(input: DeleteClusterRequest, simulation: Simulation): DeleteClusterResponse {
  const cluster = findCluster(simulation, input.cluster)
  const { services, tasks } = countsOf(simulation, cluster)
  if (services > 0) {
    throw new EcsError({
      type: 'ClusterContainsServicesException',
      message: 'The Cluster cannot be deleted while Services are active.',
    })
  }
  if (tasks > 0) {
    throw new EcsError({
      type: 'ClusterContainsTasksException',
      message: 'The Cluster cannot be deleted while Tasks are active.',
    })
  }
  cluster.status = 'INACTIVE'
  return { cluster: toCluster(simulation, cluster, []) }
}

function countsOf({ world }: Simulation, { arn }: ClusterRecord): { services: number; tasks: number } {
  return {
    services: Object.values(world.services).filter(
      (service) => service.clusterArn === arn && service.status === 'ACTIVE',
    ).length,
    tasks: Object.values(world.tasks).filter((task) => task.clusterArn === arn && task.lastStatus !== 'STOPPED').length,
  }
}

function toCluster(simulation: Simulation, cluster: ClusterRecord, include: readonly string[]): Cluster {
  const tasks = Object.values(simulation.world.tasks).filter((task) => task.clusterArn === cluster.arn)
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter((task) => task.lastStatus === 'PENDING' || task.lastStatus === 'PROVISIONING')
      .length,
    activeServicesCount: countsOf(simulation, cluster).services,
    statistics: [],
    tags: include.includes('TAGS') ? (simulation.world.tags[cluster.arn] ?? []) : [],
    settings: include.includes('SETTINGS') || include.includes('TAGS') ? cluster.settings : [],
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
  }
}
