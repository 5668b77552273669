import { describe, expect, it } from 'vitest'
import { desired, FARGATE } from './__fixtures__/ecs-configs.ts'
import { clientToken } from './client-token.ts'
import { restartMark } from './provider-tags.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

const create = (...input: Parameters<typeof desired>) => toCreateServiceInput(desired(...input), { clientToken: 't' })

describe('toCreateServiceInput', () => {
  it('says all that has a default elsewhere', () => {
    expect(create()).toEqual({
      clientToken: 't',
      cluster: FARGATE.cluster_arn,
      serviceName: 'landlord-tenant-acme',
      taskDefinition: FARGATE.task_definition_arn,
      desiredCount: 1,
      launchType: 'FARGATE',
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'DISABLED' },
      },
      deploymentConfiguration: {
        minimumHealthyPercent: 100,
        maximumPercent: 200,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      loadBalancers: [],
      serviceRegistries: [],
      placementConstraints: [],
      placementStrategy: [],
      enableExecuteCommand: false,
      enableECSManagedTags: false,
      propagateTags: 'NONE',
      availabilityZoneRebalancing: 'ENABLED',
      tags: [
        { key: 'landlord.owner', value: 'landlord' },
        { key: 'landlord.tenant_id', value: 'acme' },
        { key: 'landlord.provider', value: 'ecs' },
        { key: 'landlord.installation', value: 'test' },
      ],
    })
  })

  it('switches rebalancing off where it cannot work', () => {
    const deployment = { maximum_percent: 100, minimum_healthy_percent: 0 }
    expect(create({ deployment }).availabilityZoneRebalancing).toBe('DISABLED')
  })

  it('leaves the launch type to the cluster without subnets', () => {
    const wanted = desired()
    const config = { cluster_arn: FARGATE.cluster_arn, task_definition_arn: FARGATE.task_definition_arn }
    const input = toCreateServiceInput({ ...wanted, config }, { clientToken: 't' })
    expect(input).not.toHaveProperty('launchType')
    expect(input).not.toHaveProperty('capacityProviderStrategy')
  })

  it('is the same for the same tenant, to the byte, so that a token covers it', () => {
    const more = { labels: { b: '1', a: '2' }, restartToken: 'r', suspended: true }
    expect(JSON.stringify(create({ tags: { c: '3' } }, more))).toBe(JSON.stringify(create({ tags: { c: '3' } }, more)))
  })

  it('notes the restart that it stands for', () => {
    const tags = create({}, { restartToken: 'again #2' }).tags ?? []
    expect(tags).toContainEqual({ key: 'landlord.restart_token', value: restartMark('again #2') })
  })

  it('lets no label pass for a mark', () => {
    const tags = create({}, { labels: { 'landlord.owner': 'me' } }).tags ?? []
    expect(tags.filter(({ key }) => key === 'landlord.owner')).toEqual([{ key: 'landlord.owner', value: 'landlord' }])
  })
})

describe('clientToken', () => {
  const call = { operationId: 'op', generation: 1, serviceName: 'shop' }

  it('is stable, another one for each operation, generation and name, and of the form that ECS takes', () => {
    const tokens = [call, { ...call, operationId: 'oq' }, { ...call, generation: 2 }, { ...call, serviceName: 'web' }]
    expect(clientToken(call)).toBe(clientToken({ ...call }))
    expect(new Set(tokens.map(clientToken)).size).toBe(tokens.length)
    for (const token of tokens.map(clientToken)) expect(token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  })
})
