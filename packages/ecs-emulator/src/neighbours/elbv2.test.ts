import {
  AddTagsCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DeleteTargetGroupCommand,
  DeregisterTargetsCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  RegisterTargetsCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, startAccount, type TestAccount } from '../__fixtures__/start-account.ts'

interface Front extends TestAccount {
  readonly elb: ElasticLoadBalancingV2Client
  readonly loadBalancer: string
  readonly group: string
}

const FRONT = new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'], Scheme: 'internal' })
const GROUP = new CreateTargetGroupCommand({
  Name: 'shop',
  Protocol: 'HTTP',
  Port: 80,
  TargetType: 'ip',
  VpcId: 'vpc-1',
})

async function startFront(): Promise<Front> {
  const account = await startAccount()
  const { url: endpoint, region } = account.emulator
  const elb = new ElasticLoadBalancingV2Client({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 })
  onTestFinished(() => elb.destroy())
  const { LoadBalancers } = await elb.send(FRONT)
  const { TargetGroups } = await elb.send(GROUP)
  const loadBalancer = present(LoadBalancers?.[0]?.LoadBalancerArn)
  return { ...account, elb, loadBalancer, group: present(TargetGroups?.[0]?.TargetGroupArn) }
}

const listener = ({ loadBalancer, group }: Front, Port = 80): CreateListenerCommand =>
  new CreateListenerCommand({
    LoadBalancerArn: loadBalancer,
    Port,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
  })

it('shows a load balancer, its listener and its target group from each side', async () => {
  const front = await startFront()
  const { elb, loadBalancer, group } = front
  await elb.send(listener(front, 8080))
  const { LoadBalancers } = await elb.send(new DescribeLoadBalancersCommand({ Names: ['front'] }))
  expect(LoadBalancers).toMatchObject([
    { LoadBalancerArn: loadBalancer, Type: 'application', Scheme: 'internal', State: { Code: 'active' } },
  ])
  expect(LoadBalancers?.[0]?.DNSName).toMatch(/^front-\d+\.us-east-1\.elb\.invalid$/)
  const { TargetGroups } = await elb.send(new DescribeTargetGroupsCommand({ LoadBalancerArn: loadBalancer }))
  expect(TargetGroups).toMatchObject([
    { TargetGroupArn: group, LoadBalancerArns: [loadBalancer], HealthCheckPath: '/', HealthCheckIntervalSeconds: 30 },
  ])
  const { Listeners } = await elb.send(new DescribeListenersCommand({ LoadBalancerArn: loadBalancer }))
  expect(Listeners).toMatchObject([
    { Port: 8080, Protocol: 'HTTP', DefaultActions: [{ Type: 'forward', TargetGroupArn: group }] },
  ])
})

it('gives back what is there for the same request, and refuses another of the same name', async () => {
  const front = await startFront()
  const { elb, loadBalancer, group } = front
  expect((await elb.send(FRONT)).LoadBalancers?.[0]?.LoadBalancerArn).toBe(loadBalancer)
  expect((await elb.send(GROUP)).TargetGroups?.[0]?.TargetGroupArn).toBe(group)
  const created = await elb.send(listener(front))
  expect(await elb.send(listener(front))).toMatchObject({ Listeners: created.Listeners })
  const otherFront = new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-2'] })
  await expect(elb.send(otherFront)).rejects.toMatchObject({ name: 'DuplicateLoadBalancerNameException' })
  const otherGroup = new CreateTargetGroupCommand({ Name: 'shop', Protocol: 'HTTP', Port: 81, TargetType: 'ip' })
  await expect(elb.send(otherGroup)).rejects.toMatchObject({ name: 'DuplicateTargetGroupNameException' })
})

it('keeps what is in use, and deletes in the other order', async () => {
  const front = await startFront()
  const { elb, loadBalancer, group } = front
  const { Listeners } = await elb.send(listener(front))
  const ListenerArn = Listeners?.[0]?.ListenerArn
  const deleteGroup = new DeleteTargetGroupCommand({ TargetGroupArn: group })
  await expect(elb.send(deleteGroup)).rejects.toMatchObject({ name: 'ResourceInUseException' })
  await elb.send(new DeleteListenerCommand({ ListenerArn }))
  await expect(elb.send(new DeleteListenerCommand({ ListenerArn }))).rejects.toMatchObject({
    name: 'ListenerNotFoundException',
  })
  await elb.send(deleteGroup)
  await expect(elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }))).rejects.toMatchObject({
    name: 'TargetGroupNotFoundException',
  })
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await elb.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: loadBalancer }))
  }
  await expect(elb.send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [loadBalancer] }))).rejects.toMatchObject({
    name: 'LoadBalancerNotFoundException',
  })
})

it('lets a target group serve one load balancer, of its own kind of protocol', async () => {
  const front = await startFront()
  const { elb } = front
  await elb.send(listener(front))
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'second', Subnets: ['subnet-1'] }))
  const second = present(LoadBalancers?.[0]?.LoadBalancerArn)
  await expect(elb.send(listener({ ...front, loadBalancer: second }))).rejects.toMatchObject({
    name: 'TargetGroupAssociationLimitException',
  })
  const tcp = new CreateTargetGroupCommand({ Name: 'tcp', Protocol: 'TCP', Port: 80, TargetType: 'ip', VpcId: 'vpc-1' })
  const { TargetGroups } = await elb.send(tcp)
  const group = present(TargetGroups?.[0]?.TargetGroupArn)
  await expect(elb.send(listener({ ...front, group }, 81))).rejects.toMatchObject({
    name: 'IncompatibleProtocolsException',
  })
})

it('takes targets in, shows them unused without a listener, and drains them', async () => {
  const front = await startFront()
  const { elb, group: TargetGroupArn, pass } = front
  const Targets = [{ Id: '10.0.0.1' }]
  const health = async () => {
    const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
    return (answer.TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => [
      Target?.Port,
      TargetHealth?.State,
      TargetHealth?.Reason,
    ])
  }
  await elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }))
  expect(await health()).toEqual([[80, 'unused', 'Target.NotInUse']])
  await elb.send(listener(front))
  expect(await health()).toEqual([[80, 'initial', 'Elb.RegistrationInProgress']])
  pass(30)
  expect(await health()).toEqual([[80, 'healthy', undefined]])
  await elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }))
  expect(await health()).toEqual([[80, 'draining', 'Target.DeregistrationInProgress']])
  pass(300)
  expect(await health()).toEqual([])
  await expect(elb.send(new DeregisterTargetsCommand({ TargetGroupArn, Targets }))).rejects.toMatchObject({
    name: 'InvalidTargetException',
  })
  const instance = new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: 'i-1' }] })
  await expect(elb.send(instance)).rejects.toMatchObject({ name: 'InvalidTargetException' })
})

it('changes the deregistration delay within its limits', async () => {
  const { elb, group: TargetGroupArn } = await startFront()
  const Key = 'deregistration_delay.timeout_seconds'
  const set = (Value: string) =>
    new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [{ Key, Value }] })
  await elb.send(set('15'))
  const { Attributes } = await elb.send(new DescribeTargetGroupAttributesCommand({ TargetGroupArn }))
  expect(Attributes).toContainEqual({ Key, Value: '15' })
  await expect(elb.send(set('3601'))).rejects.toMatchObject({ name: 'ValidationError' })
})

it('keeps tags', async () => {
  const { elb, loadBalancer } = await startFront()
  const ResourceArns = [loadBalancer]
  await elb.send(new AddTagsCommand({ ResourceArns, Tags: [{ Key: 'team', Value: 'shop' }] }))
  expect(await elb.send(new DescribeTagsCommand({ ResourceArns }))).toMatchObject({
    TagDescriptions: [{ ResourceArn: loadBalancer, Tags: [{ Key: 'team', Value: 'shop' }] }],
  })
})

it.each([
  { HealthCheckPath: '/a b' },
  { HealthCheckPath: 'health' },
  { HealthCheckPort: '99999' },
  { HealthCheckPort: 'app' },
  { HealthCheckProtocol: 'GOPHER' as 'HTTP' },
  { Matcher: { HttpCode: 'ok' } },
])('refuses a health check that cannot be: %o', async (check) => {
  const { elb } = await startFront()
  const create = new CreateTargetGroupCommand({ ...GROUP.input, Name: 'checked', ...check })
  await expect(elb.send(create)).rejects.toMatchObject({ name: 'ValidationError' })
})
