import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  type Service,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { type AdoptionPlan, type JsonObject, OWNERSHIP_KEYS } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operation, startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { whyNotAdoptable } from './adoptable-service.ts'
import { readTags } from './provider-tags.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

async function byHand(more: Partial<CreateServiceCommandInput> = {}): Promise<string> {
  const { service } = await fleet.ecs.send(
    new CreateServiceCommand({
      cluster: 'fleet',
      serviceName: 'shop',
      taskDefinition: 'web:1',
      desiredCount: 3,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], assignPublicIp: 'ENABLED' } },
      tags: [{ key: 'team', value: 'theirs' }],
      ...more,
    }),
  )
  fleet.pass(300)
  return service?.serviceArn ?? ''
}

function planOf(resource: string, providerConfig: JsonObject = {}, provider = fleet.provider()): Promise<AdoptionPlan> {
  if (provider.planAdoption === undefined) throw new Error('there is no planAdoption')
  return provider.planAdoption({ tenantId: 't-1', resource, providerConfig }, operation())
}

function adopt(resource: string, providerConfig: JsonObject) {
  const spec = { tenantId: 't-1', providerType: 'ecs', containers: [], providerConfig }
  return fleet.provider().adopt?.(spec, resource, operation())
}

const calls = () => fleet.emulator.control.counters().calls

describe('adopting a service', () => {
  it('is one TagResource: no deployment, the same tasks, and the tags of others stay', async () => {
    const arn = await byHand()
    const before = await fleet.service('shop')
    const tasks = await fleet.tasks('shop')
    const { config, changes, warnings } = await planOf(arn)
    expect(config).toEqual({
      cluster_arn: fleet.clusterArn,
      service_name: 'shop',
      task_definition_arn: fleet.web[0],
      subnets: ['subnet-0a1b2c3d'],
      assign_public_ip: true,
      // As it runs, and not as Landlord would have made it.
      deployment: { circuit_breaker: { enable: false, rollback: false } },
    })
    expect([changes, warnings]).toEqual([[], [expect.stringContaining('it runs 3 tasks')]])
    expect(await adopt(arn, config)).toMatchObject({ status: 'in_progress', resourceIds: {} })
    expect(await adopt(arn, config)).toMatchObject({ status: 'success', resourceIds: { service_arn: arn } })
    const after = await fleet.service('shop')
    expect(after?.deployments?.map(({ id }) => id)).toEqual(before?.deployments?.map(({ id }) => id))
    expect((await fleet.tasks('shop')).map(({ taskArn }) => taskArn)).toEqual(tasks.map(({ taskArn }) => taskArn))
    expect(readTags(after ?? {})).toMatchObject({ team: 'theirs', 'landlord.tenant_id': 't-1' })
    expect(calls()).toMatchObject({ TagResource: 1 })
    expect(calls()).not.toHaveProperty('UpdateService')
  })

  it('outlives its tenant once the tags are taken off', async () => {
    const arn = await byHand()
    const { config: providerConfig } = await planOf(arn)
    await adopt(arn, providerConfig)
    const { resourceIds = {} } = (await adopt(arn, providerConfig)) ?? {}
    await fleet.ecs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: Object.values(OWNERSHIP_KEYS) }))
    const destroyed = await fleet.provider().destroy({ tenantId: 't-1', providerConfig, resourceIds }, operation())
    expect(destroyed.status).toBe('destroyed')
    expect(await fleet.service('shop')).toMatchObject({ status: 'ACTIVE', desiredCount: 3 })
  })

  it('waits while reads lag behind the tags', async () => {
    const arn = await byHand()
    const { config } = await planOf(arn)
    fleet.emulator.control.setConsistencyLag({ seconds: 60 })
    expect((await adopt(arn, config))?.status).toBe('in_progress')
    expect((await adopt(arn, config))?.status).toBe('in_progress')
    fleet.pass(120)
    expect((await adopt(arn, config))?.status).toBe('success')
  })

  it('shows what a change beside it would do, and keeps what the operator has as defaults out of it', async () => {
    const arn = await byHand()
    const provider = fleet.provider({ settings: { security_groups: ['sg-0a1b2c3d'], force_delete: false } })
    const { config, changes } = await planOf(arn, { assign_public_ip: false, desired_count: 5 }, provider)
    expect(config).toMatchObject({ force_delete: false, assign_public_ip: false, desired_count: 5 })
    expect(config).not.toHaveProperty('security_groups')
    expect(changes).toEqual([
      { path: '/assign_public_ip', from: true, to: false, effect: 'replace' },
      { path: '/desired_count', from: 3, to: 5, effect: 'in_place' },
    ])
  })

  it('is planned anew once the service has another deployment or size', async () => {
    const arn = await byHand()
    const { fingerprint } = await planOf(arn)
    expect((await planOf(arn)).fingerprint).toBe(fingerprint)
    await fleet.ecs.send(new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', desiredCount: 4 }))
    expect((await planOf(arn)).fingerprint).not.toBe(fingerprint)
  })

  it.each<[Service, string | undefined]>([
    [{ deploymentController: { type: 'ECS' }, schedulingStrategy: 'REPLICA' }, undefined],
    [{}, undefined],
    [{ deploymentController: { type: 'CODE_DEPLOY' } }, 'is deployed by CODE_DEPLOY, not by ECS itself'],
    [{ schedulingStrategy: 'DAEMON' }, 'is of scheduling strategy DAEMON, not REPLICA'],
  ])('knows what it could never update: %j', (service, why) => {
    expect(whyNotAdoptable(service)).toBe(why)
  })

  it('refuses what is no ARN of a service, and a configuration that names another one', async () => {
    const arn = await byHand()
    await expect(planOf('shop')).rejects.toMatchObject({ issues: [{ path: '/resource' }] })
    await expect(planOf(arn, { service_name: 'other' })).rejects.toMatchObject({ issues: [{ path: '/resource' }] })
  })
})
