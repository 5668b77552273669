import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import type { RunningEcsEmulator } from '@landlord/ecs-emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, callOf, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'

const SHOP = serviceTarget('shop')

/** A target group, with a balancer that listens for it when a port is given. */
async function balance(emulator: RunningEcsEmulator, name: string, kind: 'application' | 'network', port?: number) {
  const elb = new ElasticLoadBalancingV2Client({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: CREDENTIALS,
  })
  onTestFinished(() => elb.destroy())
  const Protocol = kind === 'application' ? ('HTTP' as const) : ('TCP' as const)
  const group = { Name: name, Protocol, Port: 80, VpcId: 'vpc-00000000000000001', TargetType: 'ip' as const }
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(group))
  const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? ''
  if (port === undefined) return { arn: TargetGroupArn, host: undefined }
  const balancer = { Name: name, Type: kind, Subnets: ['subnet-1', 'subnet-2'] }
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand(balancer))
  const { LoadBalancerArn, DNSName } = LoadBalancers?.[0] ?? {}
  const DefaultActions = [{ Type: 'forward' as const, TargetGroupArn }]
  await elb.send(new CreateListenerCommand({ LoadBalancerArn, Port: port, Protocol, DefaultActions }))
  return { arn: TargetGroupArn, host: DNSName }
}

describe('loadBalancerAddresses', () => {
  it('are where the load balancers of the target groups listen, and are kept', async () => {
    const { api, emulator } = await startCalls()
    const web = await balance(emulator, 'web', 'application', 8080)
    const raw = await balance(emulator, 'raw', 'network', 5432)
    const arns = [web.arn, raw.arn]
    const addresses = await api.loadBalancerAddresses(SHOP, arns, callOf('background'))
    expect(addresses).toHaveLength(2)
    expect(addresses).toContainEqual({ targetGroupArn: web.arn, host: web.host, port: 8080, protocol: 'http' })
    expect(addresses).toContainEqual({ targetGroupArn: raw.arn, host: raw.host, port: 5432, protocol: 'tcp' })
    expect(await api.loadBalancerAddresses(SHOP, arns, callOf('background'))).toBe(addresses)
  })

  it('are none where no balancer leads to the group, and where the group is gone', async () => {
    const { api, emulator } = await startCalls()
    const { arn } = await balance(emulator, 'idle', 'application')
    expect(await api.loadBalancerAddresses(SHOP, [arn], callOf('background'))).toEqual([])
    expect(await api.loadBalancerAddresses(SHOP, [`${arn}gone`], callOf('background'))).toEqual([])
    expect(await api.loadBalancerAddresses(SHOP, [], callOf('background'))).toEqual([])
  })
})
