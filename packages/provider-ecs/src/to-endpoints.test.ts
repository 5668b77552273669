import type { Task, TaskDefinition } from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { type EndpointFacts, toEndpoints } from './to-endpoints.ts'

const task = (more: Partial<Task> = {}): Task => ({
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  attachments: [
    {
      type: 'ElasticNetworkInterface',
      details: [
        { name: 'networkInterfaceId', value: 'eni-1' },
        { name: 'privateIPv4Address', value: '10.0.0.7' },
      ],
    },
  ],
  ...more,
})

const taskDefinition: TaskDefinition = {
  containerDefinitions: [
    { name: 'app', portMappings: [{ containerPort: 8080, name: 'web', appProtocol: 'http' }] },
    { name: 'dns', portMappings: [{ containerPort: 53, protocol: 'udp' }] },
  ],
}

const facts = (more: Partial<EndpointFacts> = {}): EndpointFacts => ({
  service: {},
  loadBalancers: [],
  registryNames: new Map(),
  tasks: [task()],
  publicAddresses: new Map(),
  taskDefinition,
  ...more,
})

describe('toEndpoints', () => {
  it("gives the private address of each running task with the task definition's ports", () => {
    expect(toEndpoints(facts())).toEqual([
      {
        name: 'web',
        protocol: 'http',
        host: '10.0.0.7',
        port: 8080,
        containerPort: 8080,
        url: 'http://10.0.0.7:8080',
      },
      { protocol: 'udp', host: '10.0.0.7', port: 53, containerPort: 53 },
    ])
  })

  it('prefers the public address', () => {
    const hosts = toEndpoints(facts({ publicAddresses: new Map([['eni-1', '3.3.3.3']]) })).map(({ host }) => host)
    expect(hosts).toEqual(['3.3.3.3', '3.3.3.3'])
  })

  it('leaves out tasks that do not run, although they may have an address', () => {
    expect(
      toEndpoints(facts({ tasks: [task({ lastStatus: 'PENDING' }), task({ desiredStatus: 'STOPPED' })] })),
    ).toEqual([])
  })

  it('gives load balancers and Cloud Map names instead of addresses that do not last', () => {
    const service = {
      loadBalancers: [{ targetGroupArn: 'tg', containerName: 'app', containerPort: 8080 }],
      serviceRegistries: [{ registryArn: 'registry', port: 53 }],
    }
    const loadBalancers = [{ targetGroupArn: 'tg', host: 'lb.example', port: 443, protocol: 'https' as const }]
    expect(
      toEndpoints(facts({ service, loadBalancers, registryNames: new Map([['registry', 'shop.local']]) })),
    ).toEqual([
      {
        name: 'app',
        protocol: 'https',
        host: 'lb.example',
        port: 443,
        containerPort: 8080,
        url: 'https://lb.example:443',
      },
      { protocol: 'tcp', host: 'shop.local', port: 53, containerPort: 53 },
    ])
  })
})
