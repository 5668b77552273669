import type {
  DescribeServicesRequest,
  DescribeServicesResponse,
  ListServicesRequest,
  ListServicesResponse,
  Service,
} from '@aws-sdk/client-ecs'
import { invalidParameter } from '../ecs-error.ts'
import { findCluster, findService } from '../find-records.ts'
import { ecsArn } from '../identifiers.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { toService } from '../views/to-service.ts'

/** Unknown names come back as failures with HTTP 200 (captured). */
export function describeServices(input: DescribeServicesRequest, simulation: Simulation): DescribeServicesResponse {
  const names = input.services ?? []
  if (names.length === 0) throw invalidParameter('Services cannot be empty.')
  if (names.length > 10) throw invalidParameter('service names can have at most 10 items.')
  const cluster = findCluster(simulation, input.cluster)
  const services: Service[] = []
  const failures: NonNullable<DescribeServicesResponse['failures']> = []
  for (const name of names) {
    const found = findService(simulation, cluster, name)
    if (found === undefined) {
      const arn = name.startsWith('arn:') ? name : ecsArn(simulation.account, `service/${cluster.name}/${name}`)
      failures.push({ arn, reason: 'MISSING' })
      continue
    }
    const tags = input.include?.includes('TAGS') ? { tags: simulation.world.tags[found.arn] ?? [] } : {}
    services.push({ ...toService(simulation, found), ...tags })
  }
  return { services, failures }
}

/** Services that drain or are gone are not listed (captured). */
export function listServices(input: ListServicesRequest, simulation: Simulation): ListServicesResponse {
  const cluster = findCluster(simulation, input.cluster)
  const found = Object.values(simulation.world.services).filter(
    ({ clusterArn, status, settings }) =>
      clusterArn === cluster.arn &&
      status === 'ACTIVE' &&
      (input.launchType === undefined || settings.launchType === input.launchType) &&
      (input.schedulingStrategy === undefined || settings.schedulingStrategy === input.schedulingStrategy),
  )
  const { items, ...next } = paginate(found, ({ arn }) => arn, input, { defaultSize: 10, maxSize: 100 })
  return { serviceArns: items.map(({ arn }) => arn), ...next }
}
