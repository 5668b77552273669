import type { UpdateServiceRequest, UpdateServiceResponse } from '@aws-sdk/client-ecs'
import { startDeployment } from '../deployment-rollout.ts'
import { EcsError, invalidParameter } from '../ecs-error.ts'
import { findCluster, requireService, requireTaskDefinition } from '../find-records.ts'
import { checkLoadBalancers } from '../load-balancer-rules.ts'
import { deploymentDefaults, launchOf, networkDefaults } from '../service-defaults.ts'
import { checkServiceRegistries } from '../service-registry-rules.ts'
import { SERVICE_RULES } from '../service-rules.ts'
import type { Simulation } from '../simulation.ts'
import { stableJson } from '../stable-json.ts'
import { SCHEDULER_DELAY_S } from '../timings.ts'
import { checkRules } from '../validation-rules.ts'
import { toService } from '../views/to-service.ts'
import type { ServiceRecord, TaskDefinitionRecord } from '../world.ts'

/** Settings that an update takes over as they come. */
const PLAIN = [
  'loadBalancers',
  'serviceRegistries',
  'serviceConnectConfiguration',
  'platformVersion',
  'placementConstraints',
  'placementStrategy',
  'healthCheckGracePeriodSeconds',
  'enableExecuteCommand',
  'enableECSManagedTags',
  'propagateTags',
  'availabilityZoneRebalancing',
] as const satisfies readonly (keyof UpdateServiceRequest)[]

export function updateService(input: UpdateServiceRequest, simulation: Simulation): UpdateServiceResponse {
  const cluster = findCluster(simulation, input.cluster)
  const service = requireService(simulation, cluster, input.service ?? '')
  if (service.status !== 'ACTIVE') {
    throw new EcsError({ type: 'ServiceNotActiveException', message: 'Service was not ACTIVE.' })
  }
  const { settings, taskDefinition, deploys } = merge(simulation, service, input)
  checkRules(SERVICE_RULES, { settings, taskDefinition })
  if (deploys) {
    checkLoadBalancers(simulation.world, settings.loadBalancers ?? [], taskDefinition)
    checkServiceRegistries(simulation.world, settings.serviceRegistries ?? [])
  }
  service.settings = settings
  if (input.desiredCount !== undefined) service.desiredCount = input.desiredCount
  if (deploys) startDeployment(simulation, service, launchOf(service.settings))
  else simulation.wake({ at: simulation.now() + SCHEDULER_DELAY_S * 1000, kind: 'service', arn: service.arn })
  return { service: toService(simulation, service) }
}

interface Merged {
  readonly settings: ServiceRecord['settings']
  readonly taskDefinition: TaskDefinitionRecord
  readonly deploys: boolean
}

/** What is left out stays as it was; the network configuration is replaced whole (documented). */
function merge(simulation: Simulation, service: ServiceRecord, input: UpdateServiceRequest): Merged {
  const before = service.settings
  const settings: ServiceRecord['settings'] = { ...before }
  for (const key of PLAIN) if (input[key] !== undefined) Object.assign(settings, { [key]: input[key] })
  if (input.desiredCount !== undefined) settings.desiredCount = input.desiredCount
  if (input.networkConfiguration !== undefined)
    settings.networkConfiguration = networkDefaults(input.networkConfiguration)
  settings.deploymentConfiguration = deploymentDefaults(input.deploymentConfiguration, before.deploymentConfiguration)
  changeStrategy(settings, input)
  const taskDefinition = currentDefinition(simulation, settings, input.taskDefinition)
  settings.taskDefinition = taskDefinition.arn
  // Inferred: what is sent but equal starts nothing; a change of placement by strategy always comes with force.
  const deploys = input.forceNewDeployment === true || stableJson(launchOf(before)) !== stableJson(launchOf(settings))
  return { settings, taskDefinition, deploys }
}

const FORCE_NEEDED =
  'When switching from launch type to capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is already using one, you must force a new deployment.'

/** An empty strategy goes back to the launch type (documented); any other change needs force (reported by users). */
function changeStrategy(settings: ServiceRecord['settings'], input: UpdateServiceRequest): void {
  const strategy = input.capacityProviderStrategy
  if (strategy === undefined) return
  if (stableJson(strategy) === stableJson(settings.capacityProviderStrategy ?? [])) return
  if (input.forceNewDeployment !== true) throw invalidParameter(FORCE_NEEDED)
  delete settings.launchType
  delete settings.capacityProviderStrategy
  if (strategy.length === 0) settings.launchType = settings.platformVersion === undefined ? 'EC2' : 'FARGATE'
  else settings.capacityProviderStrategy = strategy
  const onFargate = strategy.some(({ capacityProvider }) => capacityProvider?.startsWith('FARGATE'))
  if (onFargate) settings.platformVersion ??= 'LATEST'
  else if (settings.launchType !== 'FARGATE') delete settings.platformVersion
}

/** A service keeps its task definition also once that is INACTIVE; a new one must be ACTIVE (documented). */
function currentDefinition(
  simulation: Simulation,
  settings: ServiceRecord['settings'],
  asked: string | undefined,
): TaskDefinitionRecord {
  const kept = simulation.world.taskDefinitions[settings.taskDefinition ?? '']
  if (kept !== undefined && (asked === undefined || asked === kept.arn)) return kept
  return requireTaskDefinition(simulation, asked)
}
