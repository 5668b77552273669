import type { Service, Tag, UpdateServiceCommandInput } from '@aws-sdk/client-ecs'
import { type ConfigChange, parsePointer } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import { launchOf } from './launch.ts'
import { noteTagKeys, PROVIDER_TAGS } from './provider-tags.ts'
import { suspensionStep } from './suspension.ts'
import {
  toDeploymentConfiguration,
  toNetworkConfiguration,
  toPlainSettings,
  toServiceConnect,
  toStrategy,
} from './to-service-settings.ts'

export interface ServiceUpdate {
  /** Absent when UpdateService has nothing to do. */
  readonly service?: UpdateServiceCommandInput
  /**
   * Remove first, then set: `set` holds the note of which tags are ours, and a note that lists too much does no harm where
   * one that lists too little would leave a tag for ever.
   */
  readonly tags: { readonly set: Tag[]; readonly remove: string[] }
}

export interface ServiceUpdateInput {
  readonly live: Service
  readonly desired: DesiredService
  /** Of `diffService`; none of `replacementPaths`. */
  readonly changes: readonly ConfigChange[]
  /** Replaces the tasks in any case. Default false: only where ECS asks for it. */
  readonly forceNewDeployment?: boolean
}

/** What has changed and nothing else, so that what others decide stays, and no permission is needed beyond the change. */
export function toUpdateServiceInput(input: ServiceUpdateInput): ServiceUpdate {
  const { live, desired } = input
  const fields: ServiceFields = { ...changedFields(input), ...countField(input) }
  if (input.forceNewDeployment === true) fields.forceNewDeployment = true
  const tags = tagChanges(input)
  if (Object.keys(fields).length === 0) return { tags }
  const { clusterArn = desired.target.clusterArn, serviceName = desired.target.serviceName } = live
  return { service: { cluster: clusterArn, service: serviceName, ...fields }, tags }
}

type ServiceFields = Omit<UpdateServiceCommandInput, 'cluster' | 'service'>

function changedFields({ changes, desired: { config } }: ServiceUpdateInput): ServiceFields {
  const changed = new Set(changes.map(({ path }) => parsePointer(path)[0] ?? ''))
  const has = (...keys: string[]) => keys.some((key) => changed.has(key))
  const fields: ServiceFields = {}
  if (has('task_definition_arn')) fields.taskDefinition = config.task_definition_arn
  if (has('launch_type', 'capacity_provider_strategy')) Object.assign(fields, strategyFields(config))
  if (has('platform_version')) fields.platformVersion = config.platform_version ?? 'LATEST'
  const network = toNetworkConfiguration(config)
  if (network !== undefined && has('subnets', 'security_groups', 'assign_public_ip'))
    fields.networkConfiguration = network
  if (has('deployment')) {
    const clearAlarms = changes.some(({ path }) => path.startsWith('/deployment/alarms'))
    fields.deploymentConfiguration = toDeploymentConfiguration(config, { clearAlarms })
  }
  if (has('service_connect')) fields.serviceConnectConfiguration = toServiceConnect(config.service_connect)
  if (has('health_check_grace_period_seconds'))
    fields.healthCheckGracePeriodSeconds = config.health_check_grace_period_seconds ?? 0
  return { ...fields, ...plainFields(config, has) }
}

const PLAIN_KEYS = {
  load_balancers: 'loadBalancers',
  service_registries: 'serviceRegistries',
  placement_constraints: 'placementConstraints',
  placement_strategy: 'placementStrategy',
  enable_execute_command: 'enableExecuteCommand',
  enable_ecs_managed_tags: 'enableECSManagedTags',
  propagate_tags: 'propagateTags',
  availability_zone_rebalancing: 'availabilityZoneRebalancing',
} as const

function plainFields(config: DesiredService['config'], has: (key: string) => boolean): ServiceFields {
  const all = toPlainSettings(config)
  return Object.fromEntries(
    Object.entries(PLAIN_KEYS)
      .filter(([key]) => has(key))
      .map(([, field]) => [field, all[field]]),
  )
}

/**
 * The launch type itself cannot be changed; a strategy can, and must come with force: "When switching from launch type to
 * capacity provider strategy on an existing service, or making a change to a capacity provider strategy on a service that is
 * already using one, you must force a new deployment."
 */
function strategyFields(config: DesiredService['config']): ServiceFields {
  const launch = launchOf(config)
  if (launch.kind !== 'fargate' && launch.kind !== 'providers') return {}
  const { strategy = [{ capacity_provider: 'FARGATE', weight: 1 }] } = launch
  return { capacityProviderStrategy: toStrategy(strategy), forceNewDeployment: true }
}

/** The size is left to others, e.g. an autoscaler, unless the configuration or a suspension says otherwise. */
function countField({ live, desired, changes }: ServiceUpdateInput): ServiceFields {
  const step = suspensionStep(live, desired)
  if (step.kind === 'resume') return { desiredCount: step.count }
  if (step.kind === 'suspend') return step.scaleDown ? { desiredCount: 0 } : {}
  const { desired_count } = desired.config
  const changed = changes.some(({ path }) => path === '/desired_count')
  return changed && desired_count !== undefined ? { desiredCount: desired_count } : {}
}

function tagChanges({ desired, changes }: ServiceUpdateInput): ServiceUpdate['tags'] {
  const tagged = changes.flatMap(({ path, to }) => {
    const [first, key] = parsePointer(path)
    return first === 'tags' && key !== undefined ? [{ key, removed: to === undefined }] : []
  })
  if (tagged.length === 0) return { set: [], remove: [] }
  const remove = tagged.filter(({ removed }) => removed).map(({ key }) => key)
  const set = tagged.filter(({ removed }) => !removed).map(({ key }) => ({ key, value: desired.tags[key] ?? '' }))
  const note = noteTagKeys(Object.keys(desired.tags))
  if (note === undefined) remove.push(PROVIDER_TAGS.tagKeys)
  else set.push({ key: PROVIDER_TAGS.tagKeys, value: note })
  return { set, remove }
}
