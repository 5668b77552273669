import type { ValidationIssue } from '@landlord/compute-core'
import { deploymentOf, rebalancesByDefault } from '../deployment.ts'
import type { EcsConfig } from '../ecs-config.ts'
import { type Report, startReport } from './rule.ts'

/** How a new deployment takes over. Sources: ECS API reference, DeploymentConfiguration and AvailabilityZoneRebalancing. */
export function deploymentRules(config: EcsConfig): ValidationIssue[] {
  const report = startReport()
  const { minimum_healthy_percent: minimum, maximum_percent: maximum } = deploymentOf(config)
  const count = config.desired_count ?? 1
  const canAdd = Math.floor((count * maximum) / 100) > count
  const canStop = Math.ceil((count * minimum) / 100) < count
  report.when(
    count > 0 && !canAdd && !canStop,
    '/deployment',
    `can never roll ${count === 1 ? 'one task' : `${count} tasks`} at ${minimum} to ${maximum} per cent: no task may be added and none may be stopped; raise maximum_percent or lower minimum_healthy_percent`,
  )
  report.when(
    config.availability_zone_rebalancing === true && !rebalancesByDefault(config),
    '/availability_zone_rebalancing',
    'needs deployment.maximum_percent above 100, a launch_type other than EXTERNAL, and a placement_strategy that is absent or begins with a spread over attribute:ecs.availability-zone',
  )
  rollbackRules(config, report)
  const managed = config.enable_ecs_managed_tags === true
  report.when(
    managed && config.propagate_tags === undefined,
    '/propagate_tags',
    'is needed with enable_ecs_managed_tags: none, service or task_definition',
  )
  return report.issues
}

function rollbackRules({ deployment = {}, on_failed_update }: EcsConfig, report: Report): void {
  const { circuit_breaker, alarms } = deployment
  const breaker = '/deployment/circuit_breaker'
  report.when(
    circuit_breaker?.enable === false && circuit_breaker.rollback === true,
    `${breaker}/rollback`,
    'needs enable: true',
  )
  report.when(alarms?.enable === false && alarms.rollback === true, '/deployment/alarms/rollback', 'needs enable: true')
  for (const [path, rollback] of [
    [`${breaker}/rollback`, circuit_breaker?.rollback],
    ['/deployment/alarms/rollback', alarms?.rollback],
  ] as const) {
    report.when(
      rollback !== undefined && on_failed_update !== undefined && rollback !== (on_failed_update === 'rollback'),
      path,
      `is ${rollback}, but on_failed_update is "${on_failed_update}"; remove one of them`,
    )
  }
  report.when(
    circuit_breaker?.enable === false && on_failed_update === 'rollback',
    breaker,
    'is off, so that no failed update is noticed by ECS; on_failed_update "rollback" needs it',
  )
}
