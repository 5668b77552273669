import type { Service } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { echoService } from './__fixtures__/echo-service.ts'
import { desired, FARGATE, REGISTRY, TARGET_GROUP } from './__fixtures__/ecs-configs.ts'
import { diffFromNothing, diffService, needsNewService, replacementPaths } from './diff-service.ts'
import type { EcsConfig } from './ecs-config.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

const serviceOf = (config: Partial<EcsConfig> = {}, more: Parameters<typeof desired>[1] = {}): Service =>
  echoService(toCreateServiceInput(desired(config, more), { clientToken: 't' }))

const balancer = { target_group_arn: TARGET_GROUP, container_name: 'app', container_port: 80 }

describe('diffService', () => {
  it.each<[string, Partial<EcsConfig>, Partial<EcsConfig>]>([
    ['subnets in another order', { subnets: ['subnet-1', 'subnet-2'] }, { subnets: ['subnet-2', 'subnet-1'] }],
    ['LATEST', {}, { platform_version: 'LATEST' }],
    ['the percentages of AWS', {}, { deployment: { minimum_healthy_percent: 100, maximum_percent: 200 } }],
    ['propagate_tags none', {}, { propagate_tags: 'none' }],
    [
      'Fargate by a strategy',
      { launch_type: 'FARGATE' },
      { capacity_provider_strategy: [{ capacity_provider: 'FARGATE', weight: 5 }] },
    ],
    ['on_failed_update rollback', {}, { on_failed_update: 'rollback' }],
    ['the name of the prefix', {}, { service_name: 'landlord-tenant-acme' }],
    [
      'host and instanceId',
      { launch_type: 'EC2', placement_strategy: [{ type: 'spread', field: 'host' }] },
      { launch_type: 'EC2', placement_strategy: [{ type: 'spread', field: 'instanceId' }] },
    ],
    [
      'what the provider itself does',
      {},
      { force_delete: false, wait_for_steady_state: false, replace: 'allow', region: 'us-east-1' },
    ],
    [
      'a discovery name that is the port’s',
      { service_connect: { services: [{ port_name: 'http' }] } },
      { service_connect: { services: [{ port_name: 'http', discovery_name: 'http' }] } },
    ],
  ])('sees no difference in %s', (_, before, after) => {
    expect(diffService(serviceOf(before), desired(after))).toEqual([])
    expect(diffService(serviceOf(after), desired(before))).toEqual([])
  })

  it.each<[string, 'none' | 'in_place' | 'replace', Partial<EcsConfig>]>([
    ['/task_definition_arn', 'replace', { task_definition_arn: FARGATE.task_definition_arn.replace(':1', ':2') }],
    ['/subnets', 'replace', { subnets: ['subnet-2'] }],
    ['/security_groups', 'replace', { security_groups: ['sg-1'] }],
    ['/assign_public_ip', 'replace', { assign_public_ip: true }],
    ['/platform_version', 'replace', { platform_version: '1.4.0' }],
    ['/load_balancers', 'replace', { load_balancers: [balancer] }],
    ['/service_registries', 'replace', { service_registries: [{ registry_arn: REGISTRY }] }],
    ['/service_connect', 'replace', { service_connect: {} }],
    ['/deployment/maximum_percent', 'in_place', { deployment: { maximum_percent: 300 } }],
    ['/deployment/circuit_breaker/rollback', 'in_place', { on_failed_update: 'leave' }],
    ['/enable_execute_command', 'in_place', { enable_execute_command: true }],
    ['/propagate_tags', 'in_place', { propagate_tags: 'service' }],
    ['/availability_zone_rebalancing', 'in_place', { availability_zone_rebalancing: false }],
    ['/tags/team', 'none', { tags: { team: 'a' } }],
  ])('finds %s, which is %s', (path, effect, config) => {
    expect(diffService(serviceOf(), desired(config))).toMatchObject([{ path: expect.stringContaining(path), effect }])
    expect(needsNewService(diffService(serviceOf(), desired(config)))).toBe(false)
  })

  it('compares the size only when it is configured', () => {
    const scaled = { ...serviceOf({ desired_count: 2 }), desiredCount: 7 }
    expect(diffService(scaled, desired())).toEqual([])
    const change = { path: '/desired_count', from: 7, to: 2, effect: 'in_place' }
    expect(diffService(scaled, desired({ desired_count: 2 }))).toEqual([change])
  })

  it('takes a suspended service for the size that it will come back with', () => {
    const suspended = serviceOf({ desired_count: 3 }, { suspended: true })
    expect(suspended.desiredCount).toBe(0)
    expect(diffService(suspended, desired({ desired_count: 3 }))).toEqual([])
  })

  it('leaves the choice of the cluster alone where the configuration makes none', () => {
    const config = { cluster_arn: FARGATE.cluster_arn, task_definition_arn: FARGATE.task_definition_arn }
    const wanted = { ...desired(), config }
    for (const placed of [
      { launchType: 'EC2' as const },
      { capacityProviderStrategy: [{ capacityProvider: 'hosts' }] },
    ]) {
      const service = { ...echoService(toCreateServiceInput(wanted, { clientToken: 't' })), ...placed }
      expect(diffService(service, wanted)).toEqual([])
    }
  })

  it('reads old services and other circuit breakers as ECS means them', () => {
    const { availabilityZoneRebalancing: _, deploymentConfiguration: __, ...old } = serviceOf()
    expect(diffService(old, desired()).map(({ path, from, to }) => [path, from, to])).toEqual([
      ['/availability_zone_rebalancing', false, true],
      ['/deployment/circuit_breaker/enable', false, true],
      ['/deployment/circuit_breaker/rollback', false, true],
    ])
  })

  it('does not take the namespace’s ARN and its name for two, nor what ECS fills in', () => {
    const service = serviceOf({
      service_connect: {
        namespace: 'arn:aws:servicediscovery:us-east-1:000000000000:namespace/ns-1',
        services: [{ port_name: 'http', client_aliases: [{ port: 80, dns_name: 'http.prod' }] }],
      },
    })
    const connect = (namespace: string) => ({
      service_connect: { namespace, services: [{ port_name: 'http', client_aliases: [{ port: 80 }] }] },
    })
    expect(diffService(service, desired(connect('prod')))).toEqual([])
    expect(
      diffService(service, desired(connect('arn:aws:servicediscovery:us-east-1:000000000000:namespace/ns-2'))),
    ).toMatchObject([{ path: '/service_connect/namespace' }])
  })

  it('has nothing to say of marks, notes and tags of others', () => {
    const service = serviceOf({ tags: { team: 'a' } })
    const tags = [...(service.tags ?? []), { key: 'billing', value: 'x' }, { key: 'landlord.restarting', value: 'y' }]
    expect(diffService({ ...service, tags }, desired({ tags: { team: 'a' } }))).toEqual([])
    expect(diffService({ ...service, tags }, desired())).toEqual([{ path: '/tags/team', from: 'a', effect: 'none' }])
  })

  it('takes over a tag of somebody else that it is told to set', () => {
    const service = serviceOf()
    const tags = [...(service.tags ?? []), { key: 'team', value: 'a' }]
    expect(diffService({ ...service, tags }, desired({ tags: { team: 'a' } }))).toEqual([])
    expect(diffService({ ...service, tags }, desired({ tags: { team: 'b' } }))).toMatchObject([{ from: 'a', to: 'b' }])
  })

  it('knows labels as tags, under the configuration’s own', () => {
    const service = serviceOf({ tags: { team: 'a' } }, { labels: { team: 'z', tier: 'pro' } })
    expect(diffService(service, desired({ tags: { team: 'a' } }, { labels: { tier: 'free' } }))).toEqual([
      { path: '/tags/tier', from: 'pro', to: 'free', effect: 'none' },
    ])
  })

  it('lists everything for a tenant without a service', () => {
    const changes = diffFromNothing(desired({ desired_count: 2 }))
    expect(changes).toContainEqual({ path: '/desired_count', to: 2, effect: 'in_place' })
    expect(changes.every(({ from }) => from === undefined)).toBe(true)
  })
})

describe('replacementPaths', () => {
  it('has the network that would go', () => {
    const { subnets: _, ...config } = { ...FARGATE, launch_type: 'EC2' as const }
    const changes = diffService(serviceOf({ launch_type: 'EC2' }), { ...desired(), config })
    expect(replacementPaths(changes)).toEqual(['/subnets'])
  })

  const hosts: Partial<EcsConfig> = { launch_type: 'EC2' }
  const spot: Partial<EcsConfig> = { capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT' }] }
  const provider: Partial<EcsConfig> = { capacity_provider_strategy: [{ capacity_provider: 'hosts' }] }

  it.each<[string, Partial<EcsConfig>, Partial<EcsConfig>, string[]]>([
    ['another cluster', {}, { cluster_arn: `${FARGATE.cluster_arn}-2` }, ['/cluster_arn']],
    ['another name', {}, { service_name: 'other' }, ['/service_name']],
    ['Fargate to EC2', {}, hosts, ['/launch_type']],
    ['a strategy to EC2', provider, hosts, ['/launch_type']],
    ['EC2 to Fargate, by a strategy', hosts, {}, []],
    ['Spot to Fargate, by a strategy', spot, {}, []],
    ['Fargate to Spot', {}, spot, []],
    ['EC2 to a strategy', hosts, provider, []],
  ])('%s', (_, before, after, paths) => {
    const changes = diffService(serviceOf(before), desired(after))
    expect(changes).not.toEqual([])
    expect(replacementPaths(changes)).toEqual(paths)
  })
})
