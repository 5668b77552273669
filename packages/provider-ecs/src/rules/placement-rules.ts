import type { ValidationIssue } from '@landlord/compute-core'
import type { EcsConfig, PlacementStrategyConfig } from '../ecs-config.ts'
import { isFargateProvider, launchOf } from '../launch.ts'
import { type Report, startReport } from './rule.ts'

/** What runs the tasks and in which network. Sources: ECS API reference, CreateService. */
export function placementRules(config: EcsConfig): ValidationIssue[] {
  const report = startReport()
  report.when(
    config.launch_type !== undefined && config.capacity_provider_strategy !== undefined,
    '/launch_type',
    'cannot be together with capacity_provider_strategy; remove one of them',
  )
  strategyRules(config, report)
  networkRules(config, report)
  for (const [index, { type, expression }] of (config.placement_constraints ?? []).entries()) {
    const path = `/placement_constraints/${index}/expression`
    report.when(type === 'memberOf' && expression === undefined, path, 'is needed for memberOf')
    report.when(type === 'distinctInstance' && expression !== undefined, path, 'has no meaning for distinctInstance')
  }
  for (const [index, rule] of (config.placement_strategy ?? []).entries()) {
    const problem = fieldProblem(rule)
    report.when(problem !== undefined, `/placement_strategy/${index}/field`, problem ?? '')
  }
  return report.issues
}

function fieldProblem({ type, field }: PlacementStrategyConfig): string | undefined {
  switch (type) {
    case 'random':
      return field === undefined ? undefined : 'has no meaning for random'
    case 'binpack':
      return /^(cpu|memory)$/i.test(field ?? '') ? undefined : 'must be cpu or memory for binpack'
    case 'spread':
      return field === undefined ? 'is needed for spread: instanceId or an attribute' : undefined
  }
}

function strategyRules({ capacity_provider_strategy: strategy = [] }: EcsConfig, report: Report): void {
  const path = '/capacity_provider_strategy'
  report.when(
    strategy.length > 1 && strategy.every(({ weight }) => (weight ?? 0) === 0),
    path,
    'needs at least one item with a weight above 0',
  )
  report.when(strategy.filter(({ base }) => (base ?? 0) > 0).length > 1, path, 'can have a base in one item only')
  const names = strategy.map(({ capacity_provider }) => capacity_provider)
  for (const [index, name] of names.entries()) {
    report.when(names.indexOf(name) !== index, `${path}/${index}/capacity_provider`, `${name} is listed twice`)
  }
  report.when(
    names.some(isFargateProvider) && !names.every(isFargateProvider),
    path,
    "cannot mix Fargate with the cluster's own capacity providers; choose one kind",
  )
}

function networkRules(config: EcsConfig, report: Report): void {
  const launch = launchOf(config)
  const subnets = config.subnets !== undefined
  const fargate = launch.kind === 'fargate'
  const hosted = launch.kind === 'hosts'
  report.when(fargate && !subnets, '/subnets', 'are needed for Fargate')
  for (const key of ['security_groups', 'assign_public_ip'] as const) {
    const needed = key === 'assign_public_ip' ? config.assign_public_ip === true : config[key] !== undefined
    report.when(needed && !subnets, `/${key}`, 'has a meaning only with subnets; give those too')
  }
  report.when(
    hosted && config.assign_public_ip === true,
    '/assign_public_ip',
    `is for Fargate only, not for launch type ${config.launch_type}`,
  )
  report.when(
    (hosted || launch.kind === 'providers') && config.platform_version !== undefined,
    '/platform_version',
    'is for Fargate only; remove it',
  )
  for (const key of ['placement_constraints', 'placement_strategy'] as const) {
    report.when(
      fargate && (config[key]?.length ?? 0) > 0,
      `/${key}`,
      'is not for Fargate, which subnets mean by default; set launch_type EC2 or remove it',
    )
  }
  if (config.launch_type !== 'EXTERNAL') return
  // Developer guide, "Amazon ECS clusters for the external launch type".
  for (const key of ['subnets', 'load_balancers', 'service_registries'] as const) {
    report.when((config[key]?.length ?? 0) > 0, `/${key}`, 'is not supported for launch type EXTERNAL')
  }
}
