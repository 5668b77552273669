import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeListenerAttributesCommand,
  DescribeLoadBalancerAttributesCommand,
  ElasticLoadBalancingV2Client,
  ModifyListenerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, startAccount } from '../../__fixtures__/start-account.ts'

async function startBalancer() {
  const { emulator } = await startAccount()
  const { url: endpoint, region } = emulator
  const elb = new ElasticLoadBalancingV2Client({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 })
  onTestFinished(() => elb.destroy())
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'web', Type: 'network', Subnets: ['subnet-1'] }),
  )
  return { elb, LoadBalancerArn: present(LoadBalancers?.[0]?.LoadBalancerArn) }
}

it('keeps what is changed of a load balancer beside the defaults', async () => {
  const { elb, LoadBalancerArn } = await startBalancer()
  const Attributes = [{ Key: 'deletion_protection.enabled', Value: 'true' }]
  await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes }))
  const described = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }))
  expect(described.Attributes).toContainEqual(Attributes[0])
  expect(described.Attributes).toContainEqual({ Key: 'load_balancing.cross_zone.enabled', Value: 'false' })
  await expect(
    elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: `${LoadBalancerArn}0` })),
  ).rejects.toMatchObject({ name: 'LoadBalancerNotFoundException' })
})

it('keeps what is changed of a listener', async () => {
  const { elb, LoadBalancerArn } = await startBalancer()
  const group = { Name: 'web', Protocol: 'TCP', Port: 8080, TargetType: 'ip', VpcId: 'vpc-1' } as const
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(group))
  const { Listeners } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: 'TCP',
      Port: 8080,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: TargetGroups?.[0]?.TargetGroupArn }],
    }),
  )
  const ListenerArn = present(Listeners?.[0]?.ListenerArn)
  const read = async () => (await elb.send(new DescribeListenerAttributesCommand({ ListenerArn }))).Attributes
  expect(await read()).toEqual([{ Key: 'tcp.idle_timeout.seconds', Value: '350' }])
  const Attributes = [{ Key: 'tcp.idle_timeout.seconds', Value: '60' }]
  await elb.send(new ModifyListenerAttributesCommand({ ListenerArn, Attributes }))
  expect(await read()).toEqual(Attributes)
})
