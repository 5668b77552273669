import type { CapacityProviderItem, EcsConfig, LaunchType } from './ecs-config.ts'

/**
 * What runs the tasks. `fargate`: by launch type, or by a strategy of Fargate's two providers. `unset`: the cluster's default strategy decides
 * at creation, and whatever it made of it stays.
 */
export type Launch =
  | { readonly kind: 'fargate'; readonly strategy?: readonly CapacityProviderItem[] }
  | { readonly kind: 'hosts'; readonly launchType: Exclude<LaunchType, 'FARGATE'> }
  | { readonly kind: 'providers'; readonly strategy: readonly CapacityProviderItem[] }
  | { readonly kind: 'unset' }

/** Fargate where there are subnets and nothing else is said. */
export function launchOf({
  launch_type,
  capacity_provider_strategy: strategy,
  subnets,
}: Pick<EcsConfig, 'launch_type' | 'capacity_provider_strategy' | 'subnets'>): Launch {
  if (strategy !== undefined && strategy.length > 0) {
    const fargate = strategy.every(({ capacity_provider }) => isFargateProvider(capacity_provider))
    return { kind: fargate ? 'fargate' : 'providers', strategy }
  }
  if (launch_type === 'FARGATE') return { kind: 'fargate' }
  if (launch_type !== undefined) return { kind: 'hosts', launchType: launch_type }
  return subnets === undefined ? { kind: 'unset' } : { kind: 'fargate' }
}

/** The names that AWS gives its own; a cluster's cannot begin so (ECS API reference, CreateCapacityProvider). */
export function isFargateProvider(name: string): boolean {
  return name === 'FARGATE' || name === 'FARGATE_SPOT'
}
