import type { DeleteServiceRequest, DeleteServiceResponse } from '@aws-sdk/client-ecs'
import { finishServiceDeployment } from '../deployment-rollout.ts'
import { invalidParameter } from '../ecs-error.ts'
import { findCluster, requireService } from '../find-records.ts'
import { stepService } from '../service-scheduler.ts'
import type { Simulation } from '../simulation.ts'
import { SCHEDULER_DELAY_S } from '../timings.ts'
import { toService } from '../views/to-service.ts'

/** Answers DRAINING even when nothing runs (captured). Repeated, it answers the service as it is (documented). */
export function deleteService(input: DeleteServiceRequest, simulation: Simulation): DeleteServiceResponse {
  const cluster = findCluster(simulation, input.cluster)
  const service = requireService(simulation, cluster, input.service ?? '')
  if (service.status !== 'ACTIVE') return { service: toService(simulation, service) }
  if (input.force !== true) {
    if (service.desiredCount > 0) throw invalidParameter('The service cannot be stopped while it is scaled above 0.')
    if (service.deployments.length > 1) {
      throw invalidParameter('The service cannot be stopped while deployments are active.')
    }
  }
  Object.assign(service, { status: 'DRAINING', desiredCount: 0, drainingSince: simulation.now() })
  for (const deployment of service.deployments) {
    finishServiceDeployment(simulation, deployment, 'STOPPED', 'The service was deleted.')
  }
  if (simulation.quirks().noDraining === true) stepService(simulation, service.arn)
  simulation.wake({ at: simulation.now() + SCHEDULER_DELAY_S * 1000, kind: 'service', arn: service.arn })
  return { service: toService(simulation, service) }
}
