import type { EcsConfig } from './ecs-config.ts'

/** `deployment` with everything filled in. */
export interface NormalDeployment {
  readonly minimum_healthy_percent: number
  readonly maximum_percent: number
  readonly circuit_breaker: { readonly enable: boolean; readonly rollback: boolean }
  readonly alarms: { readonly names: readonly string[]; readonly enable: boolean; readonly rollback: boolean }
}

/** The circuit breaker is on unless it is switched off: without it ECS never tells that a deployment has failed. */
export function deploymentOf({ deployment = {}, on_failed_update }: EcsConfig): NormalDeployment {
  const { minimum_healthy_percent = 100, maximum_percent = 200, circuit_breaker, alarms } = deployment
  const rollback = on_failed_update !== 'leave'
  const breaks = circuit_breaker?.enable ?? true
  const watches = alarms !== undefined && (alarms.enable ?? true)
  return {
    minimum_healthy_percent,
    maximum_percent,
    circuit_breaker: { enable: breaks, rollback: breaks && (circuit_breaker?.rollback ?? rollback) },
    alarms: {
      names: watches ? [...alarms.names].sort() : [],
      enable: watches,
      rollback: watches && (alarms?.rollback ?? rollback),
    },
  }
}

/**
 * Where Availability Zone rebalancing can work, it is on. ECS API reference, CreateService, and developer guide, "Balancing
 * an Amazon ECS service across Availability Zones"; what ECS does when it is left out elsewhere is not documented.
 */
export function rebalancesByDefault(config: EcsConfig): boolean {
  const [first] = config.placement_strategy ?? []
  const spreads = first === undefined || (first.type === 'spread' && first.field === 'attribute:ecs.availability-zone')
  return deploymentOf(config).maximum_percent > 100 && config.launch_type !== 'EXTERNAL' && spreads
}
