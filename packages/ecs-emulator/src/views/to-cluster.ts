import type { Cluster } from '@aws-sdk/client-ecs'
import type { Simulation } from '../simulation.ts'
import type { ClusterRecord } from '../world.ts'

/** What DescribeClusters shows only when it is asked to; the replies to writes show all of it (inferred). */
const EVERYTHING: readonly string[] = ['CONFIGURATIONS', 'SETTINGS', 'TAGS']

export function toCluster(
  simulation: Simulation,
  cluster: ClusterRecord,
  include: readonly string[] = EVERYTHING,
): Cluster {
  const tasks = Object.values(simulation.world.tasks).filter((task) => task.clusterArn === cluster.arn)
  const { configuration, serviceConnectDefaults } = cluster
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: tasks.filter((task) => task.lastStatus === 'RUNNING').length,
    pendingTasksCount: tasks.filter((task) => task.lastStatus === 'PENDING' || task.lastStatus === 'PROVISIONING')
      .length,
    activeServicesCount: clusterCounts(simulation, cluster).services,
    statistics: [],
    tags: include.includes('TAGS') ? (simulation.world.tags[cluster.arn] ?? []) : [],
    settings: include.includes('SETTINGS') ? cluster.settings : [],
    ...(include.includes('CONFIGURATIONS') && configuration !== undefined ? { configuration } : {}),
    ...(serviceConnectDefaults === undefined ? {} : { serviceConnectDefaults }),
    capacityProviders: cluster.capacityProviders,
    defaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
  }
}

/** What keeps a cluster from being deleted: ACTIVE services, and tasks that have not stopped. */
export function clusterCounts(
  { world }: Simulation,
  { arn }: ClusterRecord,
): { readonly services: number; readonly tasks: number } {
  return {
    services: Object.values(world.services).filter(
      (service) => service.clusterArn === arn && service.status === 'ACTIVE',
    ).length,
    tasks: Object.values(world.tasks).filter((task) => task.clusterArn === arn && task.lastStatus !== 'STOPPED').length,
  }
}
