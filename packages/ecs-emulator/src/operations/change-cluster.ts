import type {
  ClusterSetting,
  CreateClusterRequest,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from '../ecs-error.ts'
import { findCluster } from '../find-records.ts'
import { ecsArn, lastSegment } from '../identifiers.ts'
import type { Simulation } from '../simulation.ts'
import { toCluster } from '../views/to-cluster.ts'
import type { ClusterRecord } from '../world.ts'

/** The capacity providers that every account has (documented); the emulator knows no others. */
const FARGATE_PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT']
const isKnown = (name: string): boolean => FARGATE_PROVIDERS.includes(name)

/** Members that are left out stay as they were (inferred). */
export function updateCluster(input: UpdateClusterRequest, simulation: Simulation): UpdateClusterResponse {
  const cluster = findCluster(simulation, input.cluster)
  cluster.settings = overlaid(cluster.settings, input.settings)
  if (input.configuration !== undefined) cluster.configuration = input.configuration
  connectDefaults(cluster, input.serviceConnectDefaults)
  return { cluster: toCluster(simulation, cluster) }
}

export function updateClusterSettings(
  input: UpdateClusterSettingsRequest,
  simulation: Simulation,
): UpdateClusterSettingsResponse {
  const cluster = findCluster(simulation, input.cluster)
  cluster.settings = overlaid(cluster.settings, input.settings)
  return { cluster: toCluster(simulation, cluster) }
}

/** Replaces the list and the default strategy; services keep what they run with (documented). */
export function putClusterCapacityProviders(
  input: PutClusterCapacityProvidersRequest,
  simulation: Simulation,
): PutClusterCapacityProvidersResponse {
  const cluster = findCluster(simulation, input.cluster)
  checkCapacityProviders(input)
  cluster.capacityProviders = [...(input.capacityProviders ?? [])]
  cluster.defaultCapacityProviderStrategy = [...(input.defaultCapacityProviderStrategy ?? [])]
  return { cluster: toCluster(simulation, cluster) }
}

/** Unknown providers are refused, and strategies over providers that the cluster does not have. The texts are invented. */
export function checkCapacityProviders({
  capacityProviders = [],
  defaultCapacityProviderStrategy = [],
}: Pick<CreateClusterRequest, 'capacityProviders' | 'defaultCapacityProviderStrategy'>): void {
  const unknown = capacityProviders.find((name) => !isKnown(name))
  if (unknown !== undefined) {
    throw invalidParameter(`The capacity provider ${unknown} is not there: the emulator has FARGATE and FARGATE_SPOT.`)
  }
  const stray = defaultCapacityProviderStrategy.find(
    ({ capacityProvider }) => !capacityProviders.includes(capacityProvider ?? ''),
  )
  if (stray !== undefined) {
    throw invalidParameter(`The default strategy names ${stray.capacityProvider}, which the cluster does not have.`)
  }
}

export function describeCapacityProviders(
  { capacityProviders: asked = [] }: DescribeCapacityProvidersRequest,
  { account }: Simulation,
): DescribeCapacityProvidersResponse {
  const names = asked.length === 0 ? FARGATE_PROVIDERS : asked.map(lastSegment)
  const arnOf = (name: string): string => ecsArn(account, `capacity-provider/${name}`)
  return {
    capacityProviders: names
      .filter(isKnown)
      .map((name) => ({ capacityProviderArn: arnOf(name), name, status: 'ACTIVE', tags: [] })),
    failures: names.filter((name) => !isKnown(name)).map((name) => ({ arn: arnOf(name), reason: 'MISSING' })),
  }
}

/** An empty namespace takes the default away (documented). */
export function connectDefaults(cluster: ClusterRecord, asked: CreateClusterRequest['serviceConnectDefaults']): void {
  if (asked === undefined) return
  if (asked.namespace === '') delete cluster.serviceConnectDefaults
  else cluster.serviceConnectDefaults = asked
}

function overlaid(before: readonly ClusterSetting[], changed: readonly ClusterSetting[] = []): ClusterSetting[] {
  return [...before.filter(({ name }) => !changed.some((setting) => setting.name === name)), ...changed]
}
