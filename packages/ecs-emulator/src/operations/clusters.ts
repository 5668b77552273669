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
import { EcsError, invalidParameter } from '../ecs-error.ts'
import { clusterArnOf, findCluster } from '../find-records.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { checkName, checkTags } from '../validation-rules.ts'
import { clusterCounts, toCluster } from '../views/to-cluster.ts'
import type { ClusterRecord } from '../world.ts'
import { checkCapacityProviders, connectDefaults } from './change-cluster.ts'

const AT_MOST = 100

export function createCluster(input: CreateClusterRequest, simulation: Simulation): CreateClusterResponse {
  const { world } = simulation
  const name = input.clusterName ?? 'default'
  checkName('Cluster name', name)
  checkTags(input.tags)
  const arn = clusterArnOf(simulation, name)
  // Inferred: creating a cluster that is there answers with it as it is.
  const existing = world.clusters[arn]
  if (existing?.status === 'ACTIVE') return { cluster: toCluster(simulation, existing) }
  checkCapacityProviders(input)
  const cluster: ClusterRecord = {
    arn,
    name,
    status: 'ACTIVE',
    settings: input.settings ?? [{ name: 'containerInsights', value: 'disabled' }],
    ...(input.configuration === undefined ? {} : { configuration: input.configuration }),
    capacityProviders: input.capacityProviders ?? [],
    defaultCapacityProviderStrategy: input.defaultCapacityProviderStrategy ?? [],
  }
  connectDefaults(cluster, input.serviceConnectDefaults)
  world.clusters[arn] = cluster
  world.tags[arn] = input.tags ?? []
  return { cluster: toCluster(simulation, cluster) }
}

export function describeClusters(input: DescribeClustersRequest, simulation: Simulation): DescribeClustersResponse {
  const clusters: Cluster[] = []
  const failures: NonNullable<DescribeClustersResponse['failures']> = []
  const asked = input.clusters ?? []
  if (asked.length > AT_MOST) throw invalidParameter(`Clusters can have at most ${AT_MOST} items.`)
  for (const reference of asked.length === 0 ? ['default'] : asked) {
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
  const { services, tasks } = clusterCounts(simulation, cluster)
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
  return { cluster: toCluster(simulation, cluster) }
}
