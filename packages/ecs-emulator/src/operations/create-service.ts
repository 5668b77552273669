import type { CreateServiceRequest, CreateServiceResponse } from '@aws-sdk/client-ecs'
import { startDeployment } from '../deployment-rollout.ts'
import { invalidParameter } from '../ecs-error.ts'
import { findCluster, findService, requireTaskDefinition } from '../find-records.ts'
import { ecsArn } from '../identifiers.ts'
import { checkLoadBalancers } from '../load-balancer-rules.ts'
import { launchOf, withDefaults } from '../service-defaults.ts'
import { forgetHistory } from '../service-history.ts'
import { checkServiceRegistries } from '../service-registry-rules.ts'
import { SERVICE_RULES } from '../service-rules.ts'
import type { Simulation } from '../simulation.ts'
import { stableJson } from '../stable-json.ts'
import { checkName, checkRules, checkTags } from '../validation-rules.ts'
import { toService } from '../views/to-service.ts'
import type { ServiceRecord } from '../world.ts'

export function createService(input: CreateServiceRequest, simulation: Simulation): CreateServiceResponse {
  const { world, account } = simulation
  const cluster = findCluster(simulation, input.cluster)
  const name = input.serviceName ?? ''
  checkName('Service name', name)
  checkTags(input.tags)
  const request = stableJson({ ...input, cluster: cluster.arn })
  const existing = findService(simulation, cluster, name)
  if (existing?.status === 'DRAINING') throw invalidParameter('Unable to Start a service that is still Draining.')
  if (existing?.status === 'ACTIVE') {
    if (input.clientToken === undefined || existing.request !== request) {
      throw invalidParameter('Creation of service was not idempotent.')
    }
    return { service: withTags(simulation, existing) }
  }
  if (input.desiredCount === undefined) throw invalidParameter('desiredCount can not be blank.')
  const taskDefinition = requireTaskDefinition(simulation, input.taskDefinition)
  checkRules(SERVICE_RULES, { settings: input, taskDefinition })
  checkLoadBalancers(world, input.loadBalancers ?? [], taskDefinition)
  checkServiceRegistries(world, input.serviceRegistries ?? [])
  const settings = withDefaults(input, cluster, taskDefinition.arn)
  checkRules(SERVICE_RULES, { settings, taskDefinition })
  const arn = ecsArn(account, `service/${cluster.name}/${name}`)
  const service: ServiceRecord = {
    arn,
    name,
    clusterArn: cluster.arn,
    status: 'ACTIVE',
    createdAt: simulation.now(),
    settings,
    request,
    desiredCount: input.desiredCount,
    deployments: [],
    events: [],
    taskArns: [],
    steadyReported: false,
  }
  if (existing !== undefined) forgetHistory(world, arn)
  world.services[arn] = service
  world.tags[arn] = input.tags ?? []
  startDeployment(simulation, service, launchOf(settings))
  return { service: withTags(simulation, service) }
}

const withTags = (simulation: Simulation, service: ServiceRecord): NonNullable<CreateServiceResponse['service']> => ({
  ...toService(simulation, service),
  tags: simulation.world.tags[service.arn] ?? [],
})
