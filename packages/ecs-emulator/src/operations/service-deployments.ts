import type {
  DescribeServiceDeploymentsRequest,
  DescribeServiceDeploymentsResponse,
  DescribeServiceRevisionsRequest,
  DescribeServiceRevisionsResponse,
  ListServiceDeploymentsRequest,
  ListServiceDeploymentsResponse,
  StopServiceDeploymentRequest,
  StopServiceDeploymentResponse,
} from '@aws-sdk/client-ecs'
import { primaryOf, rollBack } from '../deployment-rollout.ts'
import { EcsError, invalidParameter } from '../ecs-error.ts'
import { findCluster, requireService } from '../find-records.ts'
import { paginate } from '../paginate.ts'
import type { Simulation } from '../simulation.ts'
import { toServiceDeployment, toServiceDeploymentBrief, toServiceRevision } from '../views/to-service-deployment.ts'
import type { ServiceDeploymentRecord } from '../world.ts'

const AT_MOST = 20

/** Newest first (documented). */
export function listServiceDeployments(
  input: ListServiceDeploymentsRequest,
  simulation: Simulation,
): ListServiceDeploymentsResponse {
  const cluster = findCluster(simulation, input.cluster)
  const service = requireService(simulation, cluster, input.service ?? '')
  const { after, before } = input.createdAt ?? {}
  const found = Object.values(simulation.world.serviceDeployments).filter(
    ({ serviceArn, status, createdAt }) =>
      serviceArn === service.arn &&
      (input.status === undefined || input.status.length === 0 || input.status.includes(status)) &&
      (after === undefined || createdAt > after.getTime()) &&
      (before === undefined || createdAt < before.getTime()),
  )
  const newestFirst = ({ createdAt, arn }: ServiceDeploymentRecord): string => `${1e14 - createdAt} ${arn}`
  const { items, ...next } = paginate(found, newestFirst, input, { defaultSize: AT_MOST, maxSize: 100 })
  return { serviceDeployments: items.map(toServiceDeploymentBrief), ...next }
}

export function describeServiceDeployments(
  input: DescribeServiceDeploymentsRequest,
  simulation: Simulation,
): DescribeServiceDeploymentsResponse {
  const response = { serviceDeployments: [], failures: [] } as Required<DescribeServiceDeploymentsResponse>
  for (const arn of limited(input.serviceDeploymentArns)) {
    const record = simulation.world.serviceDeployments[arn]
    if (record === undefined) response.failures?.push({ arn, reason: 'MISSING' })
    else response.serviceDeployments?.push(toServiceDeployment(simulation, record))
  }
  return response
}

export function describeServiceRevisions(
  input: DescribeServiceRevisionsRequest,
  simulation: Simulation,
): DescribeServiceRevisionsResponse {
  const response = { serviceRevisions: [], failures: [] } as Required<DescribeServiceRevisionsResponse>
  for (const arn of limited(input.serviceRevisionArns)) {
    const record = simulation.world.serviceRevisions[arn]
    if (record === undefined) response.failures?.push({ arn, reason: 'MISSING' })
    else response.serviceRevisions?.push(toServiceRevision(simulation, record))
  }
  return response
}

/** Rolls back, also where the circuit breaker was not asked to (documented). ABORT is in the model and not allowed. */
export function stopServiceDeployment(
  input: StopServiceDeploymentRequest,
  simulation: Simulation,
): StopServiceDeploymentResponse {
  if (input.stopType === 'ABORT') throw invalidParameter('Only the stop type ROLLBACK is supported.')
  const arn = input.serviceDeploymentArn ?? ''
  const record = simulation.world.serviceDeployments[arn]
  const service = record === undefined ? undefined : simulation.world.services[record.serviceArn]
  if (record === undefined || service === undefined) {
    throw new EcsError({ type: 'ServiceDeploymentNotFoundException', message: 'Service deployment not found.' })
  }
  const current = service.status === 'ACTIVE' && primaryOf(service).serviceDeploymentArn === arn
  if (!current || record.status !== 'IN_PROGRESS' || service.lastCompleted === undefined) {
    const message = 'The service deployment is not in progress, or there is no deployment to roll back to.'
    throw new EcsError({ type: 'ConflictException', message })
  }
  rollBack(simulation, service, 'Service deployment rolled back because of a StopServiceDeployment request.')
  return { serviceDeploymentArn: arn }
}

function limited(arns: readonly string[] = []): readonly string[] {
  if (arns.length === 0 || arns.length > AT_MOST) throw invalidParameter(`Between 1 and ${AT_MOST} ARNs can be given.`)
  return arns
}
