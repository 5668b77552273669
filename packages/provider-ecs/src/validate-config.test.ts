import { InvalidConfigError, InvalidSpecError, type TenantComputeSpec } from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { FARGATE, REGISTRY, TARGET_GROUP } from './__fixtures__/ecs-configs.ts'
import type { EcsConfig } from './ecs-config.ts'
import { parseEcsSettings } from './ecs-settings.ts'
import { type ValidationContext, validateEcsConfig, validateEcsSpec } from './validate-config.ts'

const ROLE = 'arn:aws:iam::000000000000:role/team/landlord'
const context: ValidationContext = {
  settings: parseEcsSettings({ allowed_role_arns: ['arn:aws:iam::*:role/team/*'] }).settings,
  installation: 'test',
  canAssumeRole: true,
}

type Loose = Record<string, unknown>

/** The pointers of what is wrong. */
function refused(config: Loose, more: Partial<ValidationContext> = {}): string[] {
  // Without what is undefined.
  const whole: unknown = JSON.parse(JSON.stringify({ ...FARGATE, ...config }))
  return issuesOf(() => validateEcsConfig(whole, { ...context, ...more })).map(({ path }) => path)
}

function issuesOf(validate: () => unknown) {
  try {
    validate()
    return []
  } catch (error) {
    if (InvalidConfigError.isInstance(error) || InvalidSpecError.isInstance(error)) return error.issues
    throw error
  }
}

const clusterIn = (region: string, partition = 'aws') => ({
  cluster_arn: `arn:${partition}:ecs:${region}:000000000000:cluster/fleet`,
  task_definition_arn: `arn:${partition}:ecs:${region}:000000000000:task-definition/web:1`,
})
const registry = (more: Loose) => ({ service_registries: [{ registry_arn: REGISTRY, ...more }] })
const balancer = { target_group_arn: TARGET_GROUP, container_name: 'app', container_port: 80 }
const strategy = (...items: Loose[]) => ({ capacity_provider_strategy: items })
const endpoint = (port_name: string, more: Loose = {}) => ({ port_name, ...more })
const tags = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, '']))

describe('validateEcsConfig', () => {
  it.each<[string, Loose]>([
    ['the least', {}],
    ['another partition', clusterIn('cn-north-1', 'aws-cn')],
    ['an EC2 cluster of its own network mode', { subnets: undefined }],
    ['an autoscaled fleet', { subnets: undefined, ...strategy({ capacity_provider: 'hosts' }) }],
    [
      'spot with a base',
      strategy({ capacity_provider: 'FARGATE', base: 1 }, { capacity_provider: 'FARGATE_SPOT', weight: 1 }),
    ],
    ['a role', { assume_role: { role_arn: ROLE, external_id: 'a:b/c', session_name: 'me' } }],
    ['one task that stops first', { deployment: { maximum_percent: 100, minimum_healthy_percent: 0 } }],
    ['no task at all', { desired_count: 0, deployment: { maximum_percent: 100 } }],
    [
      'two tasks that take turns',
      { desired_count: 2, deployment: { maximum_percent: 100, minimum_healthy_percent: 50 } },
    ],
    ['a load balancer', { load_balancers: [balancer], health_check_grace_period_seconds: 60 }],
    ['an SRV record', registry({ container_name: 'app', container_port: 80 })],
    ['Service Connect', { service_connect: { namespace: 'prod', services: [endpoint('http'), endpoint('grpc')] } }],
    [
      'placement',
      { launch_type: 'EC2', placement_strategy: [{ type: 'binpack', field: 'memory' }, { type: 'random' }] },
    ],
    ['as many tags as there is room for', { tags: tags(42) }],
    ['managed tags', { enable_ecs_managed_tags: true, propagate_tags: 'none' }],
  ])('takes %s', (_, config) => {
    expect(refused(config)).toEqual([])
  })

  it.each<[string, string[], Loose]>([
    ['an unknown key', ['/desiredCount'], { desiredCount: 1 }],
    ['an operator’s key', ['/endpoint_url'], { endpoint_url: 'http://localhost' }],
    ['no ARN', ['/cluster_arn'], { cluster_arn: 'fleet' }],
    ['a task definition without revision', ['/task_definition_arn'], { task_definition_arn: 'web' }],
    [
      'another account’s task definition',
      ['/task_definition_arn'],
      { task_definition_arn: FARGATE.task_definition_arn.replace('000000000000', '111122223333') },
    ],
    [
      'another region’s task definition',
      ['/task_definition_arn'],
      { task_definition_arn: FARGATE.task_definition_arn.replace('us-east-1', 'eu-west-1') },
    ],
    ['another region', ['/region'], { region: 'eu-west-1' }],
    ['a partition that is not the region’s', ['/cluster_arn'], clusterIn('cn-north-1')],
    ['two names', ['/service_name'], { service_name: 'a', service_name_prefix: 'b' }],
    ['a name with a slash', ['/service_name'], { service_name: 'a/b' }],
    [
      'a launch type and a strategy',
      ['/launch_type'],
      { launch_type: 'FARGATE', ...strategy({ capacity_provider: 'FARGATE' }) },
    ],
    ['an empty strategy', ['/capacity_provider_strategy'], strategy()],
    [
      'a strategy without weights',
      ['/capacity_provider_strategy'],
      strategy({ capacity_provider: 'a' }, { capacity_provider: 'b' }),
    ],
    [
      'two bases',
      ['/capacity_provider_strategy'],
      strategy({ capacity_provider: 'a', base: 1, weight: 1 }, { capacity_provider: 'b', base: 1 }),
    ],
    [
      'a provider twice',
      ['/capacity_provider_strategy/1/capacity_provider'],
      strategy({ capacity_provider: 'a', weight: 1 }, { capacity_provider: 'a' }),
    ],
    [
      'Fargate beside hosts',
      ['/capacity_provider_strategy'],
      strategy({ capacity_provider: 'a', weight: 1 }, { capacity_provider: 'FARGATE' }),
    ],
    ['Fargate without subnets', ['/subnets'], { launch_type: 'FARGATE', subnets: undefined }],
    [
      'Fargate Spot without subnets',
      ['/subnets'],
      { subnets: undefined, ...strategy({ capacity_provider: 'FARGATE_SPOT' }) },
    ],
    ['security groups without subnets', ['/security_groups'], { subnets: undefined, security_groups: ['sg-1'] }],
    ['a public address without subnets', ['/assign_public_ip'], { subnets: undefined, assign_public_ip: true }],
    ['a public address on EC2', ['/assign_public_ip'], { launch_type: 'EC2', assign_public_ip: true }],
    ['a platform version on EC2', ['/platform_version'], { launch_type: 'EC2', platform_version: '1.4.0' }],
    ['a subnet twice', ['/subnets'], { subnets: ['subnet-1', 'subnet-1'] }],
    [
      'six security groups',
      ['/security_groups'],
      { security_groups: ['1', '2', '3', '4', '5', '6'].map((id) => `sg-${id}`) },
    ],
    ['what is no subnet', ['/subnets/0'], { subnets: ['vpc-1'] }],
    [
      'placement on Fargate',
      ['/placement_constraints', '/placement_strategy'],
      { placement_constraints: [{ type: 'distinctInstance' }], placement_strategy: [{ type: 'random' }] },
    ],
    ['a network of an external host', ['/subnets'], { launch_type: 'EXTERNAL' }],
    [
      'memberOf without expression',
      ['/placement_constraints/0/expression'],
      { launch_type: 'EC2', placement_constraints: [{ type: 'memberOf' }] },
    ],
    [
      'spread over nothing',
      ['/placement_strategy/0/field'],
      { launch_type: 'EC2', placement_strategy: [{ type: 'spread' }] },
    ],
    [
      'binpack by disk',
      ['/placement_strategy/0/field'],
      { launch_type: 'EC2', placement_strategy: [{ type: 'binpack', field: 'disk' }] },
    ],
    ['one task that can never roll', ['/deployment'], { deployment: { maximum_percent: 100 } }],
    [
      'a surge that rounds down to nothing',
      ['/deployment'],
      { deployment: { maximum_percent: 150, minimum_healthy_percent: 50 } },
    ],
    ['a percentage below 100', ['/deployment/maximum_percent'], { deployment: { maximum_percent: 50 } }],
    [
      'rebalancing without surge',
      ['/availability_zone_rebalancing'],
      { availability_zone_rebalancing: true, deployment: { maximum_percent: 100, minimum_healthy_percent: 0 } },
    ],
    [
      'rebalancing against the strategy',
      ['/availability_zone_rebalancing'],
      { launch_type: 'EC2', availability_zone_rebalancing: true, placement_strategy: [{ type: 'random' }] },
    ],
    [
      'a rollback without breaker',
      ['/deployment/circuit_breaker/rollback'],
      { deployment: { circuit_breaker: { enable: false, rollback: true } } },
    ],
    [
      'a rollback that is none',
      ['/deployment/circuit_breaker/rollback'],
      { on_failed_update: 'rollback', deployment: { circuit_breaker: { enable: true, rollback: false } } },
    ],
    [
      'a rollback that nobody starts',
      ['/deployment/circuit_breaker'],
      { on_failed_update: 'rollback', deployment: { circuit_breaker: { enable: false } } },
    ],
    [
      'alarms against on_failed_update',
      ['/deployment/alarms/rollback'],
      { on_failed_update: 'leave', deployment: { alarms: { names: ['a'], rollback: true } } },
    ],
    ['managed tags that go nowhere', ['/propagate_tags'], { enable_ecs_managed_tags: true }],
    [
      'a grace period without balancer',
      ['/health_check_grace_period_seconds'],
      { health_check_grace_period_seconds: 1 },
    ],
    ['a target group twice', ['/load_balancers/1'], { load_balancers: [balancer, balancer] }],
    [
      'another region’s target group',
      ['/load_balancers/0/target_group_arn'],
      { load_balancers: [{ ...balancer, target_group_arn: TARGET_GROUP.replace('us-east-1', 'eu-west-1') }] },
    ],
    ['a registry’s container without port', ['/service_registries/0'], registry({ container_name: 'app' })],
    [
      'a registry’s port twice',
      ['/service_registries/0/port'],
      registry({ port: 1, container_name: 'app', container_port: 80 }),
    ],
    [
      'a discovery name twice',
      ['/service_connect/services/1/discovery_name'],
      { service_connect: { services: [endpoint('a'), endpoint('b', { discovery_name: 'a' })] } },
    ],
    [
      'an alias twice',
      ['/service_connect/services/1/client_aliases/0'],
      {
        service_connect: {
          services: ['a', 'b'].map((name) => endpoint(name, { client_aliases: [{ port: 80, dns_name: 'web' }] })),
        },
      },
    ],
    ['a mark as a tag', ['/tags/Landlord.owner'], { tags: { 'Landlord.owner': 'me' } }],
    ['a tag that AWS reserves', ['/tags/AWS:x', '/tags/y'], { tags: { 'AWS:x': '', y: 'aws:z' } }],
    ['a tag with other characters', ['/tags/a#b', '/tags/c'], { tags: { 'a#b': '', c: '<>' } }],
    ['too many tags', ['/tags'], { tags: tags(43) }],
    [
      'an external id of other characters',
      ['/assume_role/external_id'],
      { assume_role: { role_arn: ROLE, external_id: 'a b' } },
    ],
    [
      'a session name that is too long',
      ['/assume_role/session_name'],
      { assume_role: { role_arn: ROLE, session_name: 'a'.repeat(65) } },
    ],
    ['a user as a role', ['/assume_role/role_arn'], { assume_role: { role_arn: 'arn:aws:iam::000000000000:user/me' } }],
    [
      'another account’s role',
      ['/assume_role/role_arn'],
      { assume_role: { role_arn: ROLE.replace('000000000000', '111122223333') } },
    ],
    [
      'a role that the operator does not allow',
      ['/assume_role/role_arn'],
      { assume_role: { role_arn: ROLE.replace('team', 'other') } },
    ],
  ])('refuses %s', (_, paths, config) => {
    expect(refused(config).sort()).toEqual(paths)
  })

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['eusc-de-east-1', 'aws-eusc'],
    ['us-iso-east-1', 'aws-iso'],
  ])('applies the rules in %s as well', (region, partition) => {
    const place = clusterIn(region, partition)
    expect(refused(place)).toEqual([])
    expect(refused({ ...place, region: 'us-east-1' })).toEqual(['/region'])
    expect(refused({ ...place, assume_role: { role_arn: ROLE } })).toEqual(['/assume_role/role_arn'])
  })

  it('reports every issue at once, and says how to fix it', () => {
    const config = { launch_type: 'EC2', assign_public_ip: true, platform_version: 'LATEST', region: 'eu-west-1' }
    const issues = issuesOf(() => validateEcsConfig({ ...FARGATE, ...config }, context))
    expect(issues.map(({ path, message }) => `${path} ${message}`).sort()).toEqual([
      '/assign_public_ip is for Fargate only, not for launch type EC2',
      '/platform_version is for Fargate only; remove it',
      '/region is eu-west-1, but the cluster is in us-east-1; leave it out',
    ])
  })

  it('allows no role by default but that of the operator’s own block', () => {
    const assume_role = { role_arn: ROLE }
    const withSettings = (block: Loose) => ({ settings: parseEcsSettings(block as never).settings })
    expect(refused({ assume_role }, withSettings({}))).toEqual(['/assume_role/role_arn'])
    expect(refused({ assume_role }, withSettings({ assume_role }))).toEqual([])
    expect(refused({ assume_role }, withSettings({ allowed_role_arns: ['*'] }))).toEqual([])
  })

  it('says that a role needs credentials of roles', () => {
    expect(refused({ assume_role: { role_arn: ROLE } }, { canAssumeRole: false })).toEqual(['/assume_role'])
  })

  it('keeps tenants to the clusters that the operator allows', () => {
    const settings = { ...context.settings, allowed_clusters: ['arn:aws:ecs:us-east-1:*:cluster/tenants-*'] }
    expect(refused({}, { settings })).toEqual(['/cluster_arn'])
    expect(refused({ cluster_arn: FARGATE.cluster_arn.replace('fleet', 'tenants-1') }, { settings })).toEqual([])
  })

  it('never repeats an external id', () => {
    const config = { ...FARGATE, assume_role: { role_arn: ROLE, external_id: 'hunter2 hunter2' } }
    expect(JSON.stringify(issuesOf(() => validateEcsConfig(config, context)))).not.toContain('hunter2')
  })
})

describe('validateEcsSpec', () => {
  const spec = (more: Partial<TenantComputeSpec> & { config?: Partial<EcsConfig> } = {}): TenantComputeSpec => ({
    tenantId: 'acme',
    providerType: 'ecs',
    containers: [],
    providerConfig: { ...FARGATE, ...more.config } as never,
    ...more,
  })

  it('takes labels, a suspension, a restart and one container', () => {
    const containers = [{ name: 'app', image: 'shop:1' }]
    const whole = spec({ labels: { tier: 'pro' }, suspended: true, restartToken: 'any text #', containers })
    expect(validateEcsSpec(whole, context)).toEqual(FARGATE)
  })

  it.each([
    ['that no tag can be', { 'a#b': 'x' }, '/labels/a#b'],
    ['with a value that no tag can have', { a: '{}' }, '/labels/a'],
    ['that are reserved', { 'landlord.owner': 'x' }, '/labels/landlord.owner'],
  ])('refuses labels %s', (_, labels, path) => {
    expect(issuesOf(() => validateEcsSpec(spec({ labels }), context)).map((issue) => issue.path)).toEqual([path])
  })

  it('counts labels and tags together', () => {
    const config = { tags: { own: '1' } }
    expect(issuesOf(() => validateEcsSpec(spec({ labels: tags(42), config }), context))).toMatchObject([
      { path: '/labels' },
    ])
    expect(issuesOf(() => validateEcsSpec(spec({ labels: { ...tags(41), own: '2' }, config }), context))).toEqual([])
  })
})
