import type { EcsConfig } from '../ecs-config.ts'
import { FARGATE, REGISTRY, TARGET_GROUP } from './ecs-configs.ts'

/** Configurations of every shape, the same for the same seed; some of them are invalid. */
export function randomConfig(seed: number): EcsConfig {
  const random = mulberry32(seed)
  const pick = <Value>(...values: Value[]): Value => values[Math.floor(random() * values.length)] as Value
  const maybe = <Value>(key: string, value: () => Value): object => (random() < 0.4 ? { [key]: value() } : {})
  const some = <Value>(...values: Value[]): Value[] => values.filter(() => random() < 0.5)
  const launch = pick(
    {},
    { launch_type: 'FARGATE' as const },
    { launch_type: 'EC2' as const },
    { capacity_provider_strategy: [{ capacity_provider: 'FARGATE', weight: 1 }] },
    {
      capacity_provider_strategy: [
        { capacity_provider: 'FARGATE_SPOT', weight: 3 },
        { capacity_provider: 'FARGATE', base: 1 },
      ],
    },
    { capacity_provider_strategy: [{ capacity_provider: 'hosts' }] },
  )
  return {
    cluster_arn: FARGATE.cluster_arn,
    task_definition_arn: FARGATE.task_definition_arn,
    ...launch,
    ...maybe('subnets', () => ['subnet-2', ...some('subnet-1', 'subnet-0')]),
    ...maybe('security_groups', () => some('sg-2', 'sg-1')),
    ...maybe('assign_public_ip', () => pick(true, false)),
    ...maybe('platform_version', () => pick('LATEST', '1.4.0')),
    ...maybe('desired_count', () => pick(0, 1, 3)),
    ...maybe('tags', () => Object.fromEntries(some('b', 'a').map((key) => [key, pick('1', '')]))),
    ...maybe('deployment', () => ({
      ...maybe('maximum_percent', () => pick(100, 150, 200)),
      ...maybe('minimum_healthy_percent', () => pick(0, 50, 100)),
      ...maybe('circuit_breaker', () => ({ enable: pick(true, false) })),
      ...maybe('alarms', () => ({ names: ['slow', ...some('errors')], ...maybe('enable', () => pick(true, false)) })),
    })),
    ...maybe('on_failed_update', () => pick('rollback', 'leave')),
    ...maybe('load_balancers', () =>
      some(9, 80).map((container_port) => ({ target_group_arn: TARGET_GROUP, container_name: 'app', container_port })),
    ),
    ...maybe('service_registries', () => some({ registry_arn: REGISTRY, ...maybe('port', () => 80) })),
    ...maybe('service_connect', () => ({
      ...maybe('namespace', () => 'prod'),
      ...maybe('services', () =>
        some({ port_name: 'http', ...maybe('client_aliases', () => [{ port: 80 }]) }, { port_name: 'grpc' }),
      ),
    })),
    ...maybe('enable_execute_command', () => pick(true, false)),
    ...maybe('propagate_tags', () => pick('none', 'service', 'task_definition')),
    ...maybe('enable_ecs_managed_tags', () => pick(true, false)),
    ...maybe('availability_zone_rebalancing', () => pick(true, false)),
    ...maybe('placement_constraints', () =>
      some({ type: 'memberOf', expression: 'attribute:a == b' }, { type: 'distinctInstance' }),
    ),
    ...maybe('placement_strategy', () =>
      some({ type: 'spread', field: pick('host', 'attribute:zone') }, { type: 'binpack', field: 'cpu' }),
    ),
    ...maybe('health_check_grace_period_seconds', () => pick(0, 60)),
  }
}

/** A generator of numbers in [0, 1) that depends on its seed only. */
export function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
