import type { Service } from '@aws-sdk/client-ecs'
import { type ChangeEffect, type ConfigChange, diffConfig, parsePointer } from '@landlord/compute-core'
import type { DesiredService } from './desired-service.ts'
import { ecsConfigSchema } from './ecs-config-schema.ts'
import { fromEcsService } from './from-ecs-service.ts'
import { normaliseDesired, toJson } from './normal-service.ts'

/** What a new deployment takes over for: ECS API reference, UpdateService, "This parameter triggers a new service deployment". */
const REPLACES_TASKS = new Set([
  'cluster_arn',
  'service_name',
  'task_definition_arn',
  'launch_type',
  'capacity_provider_strategy',
  'platform_version',
  'subnets',
  'security_groups',
  'assign_public_ip',
  'load_balancers',
  'service_registries',
  'service_connect',
])

/** What would change if `desired` replaced the live service. The same for update and plan; without suspension and restart. */
export function diffService(service: Service, desired: DesiredService): ConfigChange[] {
  const normal = normaliseDesired(desired)
  return diffConfig(toJson(fromEcsService(service, normal)), toJson(normal), { schema: ecsConfigSchema, effectOf })
}

/** Everything that a tenant without a service would get. */
export function diffFromNothing(desired: DesiredService): ConfigChange[] {
  return diffConfig({}, toJson(normaliseDesired(desired)), { schema: ecsConfigSchema, effectOf })
}

/** Where ECS cannot change a service that exists. To Fargate it can, by a capacity provider strategy. */
export function replacementPaths(changes: readonly ConfigChange[]): string[] {
  return changes.filter(isReplacement).map(({ path }) => path)
}

export function needsNewService(changes: readonly ConfigChange[]): boolean {
  return changes.some(isReplacement)
}

function isReplacement({ path, from, to }: ConfigChange): boolean {
  switch (path) {
    case '/cluster_arn':
    case '/service_name':
      return true
    case '/launch_type':
      return to === 'EC2' || to === 'EXTERNAL' || from === 'EXTERNAL'
    case '/subnets':
      // A network configuration can be replaced, not taken away.
      return Array.isArray(to) && to.length === 0
    default:
      return false
  }
}

function effectOf(path: string): ChangeEffect {
  const [key = ''] = parsePointer(path)
  if (key === 'tags') return 'none'
  return REPLACES_TASKS.has(key) ? 'replace' : 'in_place'
}
