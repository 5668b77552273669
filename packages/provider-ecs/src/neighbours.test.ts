import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  CreatePrivateDnsNamespaceCommand,
  CreateServiceCommand,
  GetOperationCommand,
  ServiceDiscoveryClient,
} from '@aws-sdk/client-servicediscovery'
import type { LogLine, ReadLogsOptions } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, operation, startTimedFleet, type Tenant, type TimedFleet } from './__fixtures__/start-fleet.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

const configuration = () => ({
  endpoint: fleet.emulator.url,
  region: fleet.emulator.region,
  credentials: CREDENTIALS,
})

describe('endpoints', () => {
  it('of a tenant behind a load balancer are its listeners, and its health is that of the targets', async () => {
    const elb = new ElasticLoadBalancingV2Client(configuration())
    onTestFinished(() => elb.destroy())
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({ Name: 'shop', Protocol: 'HTTP', Port: 80, TargetType: 'ip', VpcId: 'vpc-1' }),
    )
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'] }))
    const group = TargetGroups?.[0]?.TargetGroupArn ?? ''
    await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        ...{ Port: 80, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] },
      }),
    )
    const load_balancers = [{ target_group_arn: group, container_name: 'app', container_port: 8080 }]
    const tenant = fleet.tenant({ config: fleet.config({ load_balancers }) })
    await tenant.provision()
    const { state, health, endpoints } = await tenant.settle()
    const host = LoadBalancers?.[0]?.DNSName
    expect({ state, health, endpoints }).toMatchObject({
      state: 'running',
      health: 'healthy',
      endpoints: [{ name: 'app', protocol: 'http', host, port: 80, containerPort: 8080 }],
    })
  })

  it('of a tenant in Cloud Map are its name and the ports of its containers', async () => {
    const discovery = new ServiceDiscoveryClient({ ...configuration(), disableHostPrefix: true })
    onTestFinished(() => discovery.destroy())
    const { OperationId } = await discovery.send(
      new CreatePrivateDnsNamespaceCommand({ Name: 'fleet.local', Vpc: 'vpc-1' }),
    )
    const { Operation } = await discovery.send(new GetOperationCommand({ OperationId }))
    const DnsConfig = {
      NamespaceId: Operation?.Targets?.NAMESPACE,
      DnsRecords: [{ Type: 'A' as const, TTL: 10 }],
    }
    const { Service } = await discovery.send(new CreateServiceCommand({ Name: 'shop', DnsConfig }))
    const config = fleet.config({ service_registries: [{ registry_arn: Service?.Arn ?? '' }] })
    const tenant = fleet.tenant({ config })
    await tenant.provision()
    expect((await tenant.settle()).endpoints).toMatchObject([{ host: 'shop.fleet.local', port: 8080 }])
  })
})

describe('readLogs', () => {
  const logs = { logDriver: 'awslogs' as const, options: { 'awslogs-group': '/shop', 'awslogs-stream-prefix': 'web' } }

  async function speaking(lines: readonly string[], count = 1): Promise<Tenant> {
    const client = new CloudWatchLogsClient(configuration())
    onTestFinished(() => client.destroy())
    await client.send(new CreateLogGroupCommand({ logGroupName: '/shop' }))
    fleet.emulator.control.scriptTasks({ behaviour: { kind: 'run', logs: lines } })
    const task_definition_arn = await fleet.register({
      family: 'speaking',
      containerDefinitions: [
        { name: 'app', image: 'shop:1', logConfiguration: logs },
        { name: 'mute', image: 'mute:1' },
      ],
    })
    const tenant = fleet.tenant({ config: fleet.config({ task_definition_arn, desired_count: count }) })
    await tenant.provision()
    await tenant.settle()
    return tenant
  }

  async function read(tenant: Tenant, more: Partial<ReadLogsOptions> = {}): Promise<LogLine[]> {
    const lines: LogLine[] = []
    for await (const line of fleet.provider().readLogs?.(tenant.ref(), { ...operation(), ...more }) ?? [])
      lines.push(line)
    return lines
  }

  it('gives what the containers write to CloudWatch Logs, oldest first', async () => {
    const tenant = await speaking(['one', 'two', 'three'])
    expect(await read(tenant)).toMatchObject([
      { container: 'app', stream: 'stdout', text: 'one', timestamp: expect.stringMatching(/Z$/) },
      { container: 'app', text: 'two' },
      { container: 'app', text: 'three' },
    ])
    expect((await read(tenant, { tail: 2 })).map(({ text }) => text)).toEqual(['two', 'three'])
    const later = new Date(fleet.emulator.control.now()).toISOString()
    expect(await read(tenant, { since: later })).toEqual([])
  })

  it('tells the tasks apart where there is more than one', async () => {
    const lines = await read(await speaking(['hello'], 2))
    expect(lines.map(({ text }) => text)).toEqual(['hello', 'hello'])
    expect(new Set(lines.map(({ container }) => container)).size).toBe(2)
  })

  it('gives the last words of tasks that have stopped when none runs', async () => {
    const tenant = await speaking(['goodbye'])
    await tenant.update({ suspended: true })
    await tenant.settle()
    expect((await read(tenant)).map(({ text }) => text)).toEqual(['goodbye'])
  })

  it('that follows gives each line once, and ends as cancelled', async () => {
    const tenant = await speaking(['one', 'two'])
    const abort = new AbortController()
    const seen: string[] = []
    const reading = (async () => {
      const options = { ...operation({ signal: abort.signal }), follow: true }
      for await (const { text } of fleet.provider().readLogs?.(tenant.ref(), options) ?? []) seen.push(text)
    })()
    const looks = () => fleet.emulator.control.counters().calls.DescribeServices ?? 0
    const before = looks()
    await expect.poll(looks, { timeout: 20_000 }).toBeGreaterThan(before + 2)
    abort.abort()
    await expect(reading).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen).toEqual(['one', 'two'])
  })
})
