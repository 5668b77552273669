import type { Service } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { echoService } from './__fixtures__/echo-service.ts'
import { desired, FARGATE, TARGET_GROUP } from './__fixtures__/ecs-configs.ts'
import type { DesiredService } from './desired-service.ts'
import { diffService } from './diff-service.ts'
import type { EcsConfig } from './ecs-config.ts'
import { startsDeployment } from './starts-deployment.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'
import { toUpdateServiceInput } from './to-update-service-input.ts'

const serviceOf = (wanted: DesiredService): Service => echoService(toCreateServiceInput(wanted, { clientToken: 't' }))

const update = (live: Service, wanted: DesiredService, forceNewDeployment?: boolean) =>
  toUpdateServiceInput({
    live,
    desired: wanted,
    changes: diffService(live, wanted),
    ...(forceNewDeployment === undefined ? {} : { forceNewDeployment }),
  })

const place = { cluster: FARGATE.cluster_arn, service: 'landlord-tenant-acme' }
const balancer = { target_group_arn: TARGET_GROUP, container_name: 'app', container_port: 80 }

describe('toUpdateServiceInput', () => {
  it('has nothing to send for equal configurations', () => {
    const wanted = desired({ tags: { team: 'a' }, desired_count: 2 })
    expect(update(serviceOf(wanted), wanted)).toEqual({ tags: { set: [], remove: [] } })
  })

  it.each<[string, Partial<EcsConfig>, Partial<EcsConfig>, object, boolean]>([
    [
      'a task definition',
      {},
      { task_definition_arn: `${FARGATE.task_definition_arn}2` },
      { taskDefinition: `${FARGATE.task_definition_arn}2` },
      true,
    ],
    [
      'the whole network, so that nothing of it becomes a default',
      { assign_public_ip: true, security_groups: ['sg-1'] },
      { assign_public_ip: true, security_groups: ['sg-2'] },
      {
        networkConfiguration: {
          awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: ['sg-2'], assignPublicIp: 'ENABLED' },
        },
      },
      true,
    ],
    ['an empty list for what goes', { load_balancers: [balancer] }, {}, { loadBalancers: [] }, true],
    [
      'that Service Connect is off',
      { service_connect: {} },
      {},
      { serviceConnectConfiguration: { enabled: false } },
      true,
    ],
    [
      'a grace period that ends',
      { load_balancers: [balancer], health_check_grace_period_seconds: 9 },
      { load_balancers: [balancer] },
      { healthCheckGracePeriodSeconds: 0 },
      false,
    ],
    [
      'no grace period when the last load balancer goes',
      { load_balancers: [balancer], health_check_grace_period_seconds: 9 },
      {},
      { loadBalancers: [] },
      true,
    ],
    ['LATEST for a version that goes', { platform_version: '1.3.0' }, {}, { platformVersion: 'LATEST' }, true],
    ['a size', { desired_count: 1 }, { desired_count: 4 }, { desiredCount: 4 }, false],
    ['a switch', {}, { enable_execute_command: true }, { enableExecuteCommand: true }, false],
    [
      'a strategy with force',
      {},
      { capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT' }] },
      {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 0, base: 0 }],
        forceNewDeployment: true,
      },
      true,
    ],
    [
      'Fargate as a strategy with force',
      { launch_type: 'EC2' },
      {},
      {
        capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
        platformVersion: 'LATEST',
        forceNewDeployment: true,
      },
      true,
    ],
    [
      'alarms that go',
      { deployment: { alarms: { names: ['slow'] } } },
      {},
      {
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
          alarms: { alarmNames: [], enable: false, rollback: false },
        },
      },
      false,
    ],
    [
      'percentages with what belongs to them',
      {},
      { deployment: { maximum_percent: 300 } },
      {
        deploymentConfiguration: {
          minimumHealthyPercent: 100,
          maximumPercent: 300,
          deploymentCircuitBreaker: { enable: true, rollback: true },
        },
      },
      false,
    ],
  ])('sends %s, and nothing else', (_, before, after, fields, deploys) => {
    const { service, tags } = update(serviceOf(desired(before)), desired(after))
    expect(service).toEqual({ ...place, ...fields })
    expect(tags).toEqual({ set: [], remove: [] })
    expect(service !== undefined && startsDeployment(service)).toBe(deploys)
  })

  it('leaves the size to an autoscaler unless it is configured', () => {
    const live = { ...serviceOf(desired()), desiredCount: 7 }
    expect(update(live, desired({ enable_execute_command: true })).service).not.toHaveProperty('desiredCount')
  })

  it('forces a deployment when asked, with nothing else to send', () => {
    const wanted = desired()
    expect(update(serviceOf(wanted), wanted, true).service).toEqual({ ...place, forceNewDeployment: true })
  })

  it('sends tags apart, with the note of which are ours', () => {
    const { service, tags } = update(
      serviceOf(desired({ tags: { old: '1', kept: '2' } })),
      desired({ tags: { kept: '3' } }, { labels: { tier: 'pro' } }),
    )
    expect(service).toBeUndefined()
    expect(tags.remove).toEqual(['old'])
    expect(tags.set).toEqual([
      { key: 'kept', value: '3' },
      { key: 'tier', value: 'pro' },
      { key: 'landlord.tag_keys', value: expect.stringMatching(/^.{12}$/) },
    ])
  })

  it('scales down and up again for a suspension, with changes in between', () => {
    const running = serviceOf(desired({ desired_count: 3 }))
    expect(update(running, desired({ desired_count: 3 }, { suspended: true })).service).toEqual({
      ...place,
      desiredCount: 0,
    })
    const suspended = serviceOf(desired({ desired_count: 3 }, { suspended: true }))
    expect(update(suspended, desired({ desired_count: 5 }, { suspended: true })).service).toBeUndefined()
    expect(update(suspended, desired({ desired_count: 5 })).service).toEqual({ ...place, desiredCount: 5 })
    expect(update(suspended, desired()).service).toEqual({ ...place, desiredCount: 3 })
  })
})
