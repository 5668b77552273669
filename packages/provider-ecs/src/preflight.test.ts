import type { TaskDefinition } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import type { EcsConfig } from './ecs-config.ts'
import { definitionIssues } from './preflight.ts'

const definition: TaskDefinition = {
  status: 'ACTIVE',
  networkMode: 'awsvpc',
  compatibilities: ['EC2', 'FARGATE'],
  containerDefinitions: [
    { name: 'app', portMappings: [{ containerPort: 8080, name: 'web' }, { containerPortRange: '9000-9010' }] },
  ],
}
const registry_arn = 'arn:aws:servicediscovery:eu-central-1:111122223333:service/srv-1'
const target_group_arn = 'arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/web/0123456789abcdef'

const paths = (more: Partial<EcsConfig>, of: TaskDefinition = definition) =>
  definitionIssues({ cluster_arn: '', task_definition_arn: '', subnets: ['subnet-1'], ...more }, of, true).map(
    ({ path }) => path,
  )

describe('definitionIssues', () => {
  it('has none where all fits', () => {
    expect(
      paths({
        load_balancers: [{ target_group_arn, container_name: 'app', container_port: 9005 }],
        service_registries: [{ registry_arn }, { registry_arn, container_name: 'app', container_port: 8080 }],
        service_connect: { services: [{ port_name: 'web' }] },
      }),
    ).toEqual([])
  })

  it('names every part that the task definition does not have', () => {
    expect(
      paths({
        load_balancers: [{ target_group_arn, container_name: 'app', container_port: 9011 }],
        service_registries: [{ registry_arn, container_name: 'nginx', container_port: 80 }],
        service_connect: { services: [{ port_name: 'web' }, { port_name: 'admin' }] },
      }),
    ).toEqual([
      '/load_balancers/0/container_port',
      '/service_registries/0/container_name',
      '/service_connect/services/1/port_name',
    ])
  })

  it('wants subnets for awsvpc, and none otherwise', () => {
    const { networkMode: _, ...bridged } = definition
    expect([
      definitionIssues({ cluster_arn: '', task_definition_arn: '' }, definition, true).map(({ path }) => path),
      paths({}, bridged),
    ]).toEqual([['/subnets'], ['/subnets']])
  })

  it('wants a definition that is ACTIVE and made for Fargate', () => {
    expect(paths({}, { ...definition, status: 'INACTIVE', compatibilities: ['EC2'] })).toEqual([
      '/task_definition_arn',
      '/task_definition_arn',
    ])
  })
})
