import { CreateServiceCommand, DeleteServiceCommand, StopTaskCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type TargetTypeEnum,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, SERVICE, startAccount, type TestAccount } from './__fixtures__/start-account.ts'

interface BalancedAccount extends TestAccount {
  readonly elb: ElasticLoadBalancingV2Client
  readonly group: string
  readonly balanced: {
    readonly loadBalancers: [{ targetGroupArn: string; containerName: string; containerPort: number }]
  }
  readonly createGroup: (name: string, targetType?: TargetTypeEnum) => Promise<string>
  readonly health: () => Promise<string[]>
}

const shop = { cluster: 'fleet', service: 'shop' }
const DRAINING_SECONDS = 60

/** An account whose task definition `web:2` has port 8080, behind an application load balancer. */
async function startBalanced(): Promise<BalancedAccount> {
  const account = await startAccount()
  const { emulator } = account
  const elb = new ElasticLoadBalancingV2Client({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: CREDENTIALS,
    maxAttempts: 1,
  })
  onTestFinished(() => elb.destroy())
  await account.register({
    containerDefinitions: [{ name: 'app', image: 'shop:2', portMappings: [{ containerPort: 8080 }] }],
  })
  const createGroup = async (name: string, targetType: TargetTypeEnum = 'ip'): Promise<string> => {
    const { TargetGroups } = await elb.send(
      new CreateTargetGroupCommand({ Name: name, Protocol: 'HTTP', Port: 80, TargetType: targetType, VpcId: 'vpc-1' }),
    )
    return present(TargetGroups?.[0]?.TargetGroupArn)
  }
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'] }))
  const group = await createGroup('shop')
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: group }],
    }),
  )
  const delay = { Key: 'deregistration_delay.timeout_seconds', Value: String(DRAINING_SECONDS) }
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: group, Attributes: [delay] }))
  const health = async (): Promise<string[]> => {
    const answer = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }))
    return (answer.TargetHealthDescriptions ?? []).map(
      ({ Target, TargetHealth }) => `${Target?.Port} ${TargetHealth?.State}`,
    )
  }
  const loadBalancer = { targetGroupArn: group, containerName: 'app', containerPort: 8080 }
  return { ...account, elb, group, balanced: { loadBalancers: [loadBalancer] }, createGroup, health }
}

const WEB_2 = { taskDefinition: 'web:2' }

describe('a service behind a load balancer', () => {
  it('completes only once its targets are healthy', async () => {
    const { create, balanced, pass, service, health, tasks, elb, group } = await startBalanced()
    await create({ ...WEB_2, ...balanced })
    pass(22)
    expect(await health()).toEqual([])
    pass(1)
    expect(await health()).toEqual(['8080 initial', '8080 initial'])
    pass(25)
    expect(await service()).toMatchObject({ runningCount: 2, deployments: [{ rolloutState: 'IN_PROGRESS' }] })
    pass(5)
    expect(await health()).toEqual(['8080 healthy', '8080 healthy'])
    expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'COMPLETED' }] })
    const { TargetHealthDescriptions } = await elb.send(new DescribeTargetHealthCommand({ TargetGroupArn: group }))
    const addresses = (await tasks()).map(
      ({ containers }) => containers?.[0]?.networkInterfaces?.[0]?.privateIpv4Address,
    )
    expect(TargetHealthDescriptions?.map(({ Target }) => Target?.Id).sort()).toEqual(addresses.sort())
  })

  it('drains a task before its containers are asked to stop', async () => {
    const { create, balanced, pass, tasks, health, ecs, events } = await startBalanced()
    await create({ ...WEB_2, ...balanced, desiredCount: 1 })
    pass(60)
    const [task] = await tasks()
    await ecs.send(new UpdateServiceCommand({ ...shop, desiredCount: 0 }))
    pass(2)
    expect(await health()).toEqual(['8080 draining'])
    expect((await tasks('STOPPED'))[0]).toMatchObject({
      taskArn: task?.taskArn,
      lastStatus: 'DEACTIVATING',
      containers: [{ lastStatus: 'RUNNING' }],
    })
    pass(DRAINING_SECONDS - 2)
    expect((await tasks('STOPPED'))[0]?.lastStatus).toBe('DEACTIVATING')
    pass(4)
    expect(await health()).toEqual([])
    expect((await tasks('STOPPED'))[0]).toMatchObject({ lastStatus: 'DEPROVISIONING', containers: [{ exitCode: 0 }] })
    const texts = (await events()).join('\n')
    expect(texts).toContain('registered 1 targets in (target-group arn:aws:elasticloadbalancing:')
    expect(texts).toMatch(/\(service shop, taskSet ecs-svc\/\d+\) has begun draining connections on 1 tasks\./)
  })

  it('stays DRAINING for as long as its targets drain', async () => {
    const { create, balanced, pass, service, ecs } = await startBalanced()
    await create({ ...WEB_2, ...balanced })
    pass(60)
    await ecs.send(new DeleteServiceCommand({ ...shop, force: true }))
    pass(DRAINING_SECONDS + 20)
    expect((await service()).status).toBe('DRAINING')
    pass(10)
    expect((await service()).status).toBe('INACTIVE')
  })

  it('replaces a task that the load balancer finds unhealthy', async () => {
    const { create, balanced, pass, tasks, emulator, events, group, service } = await startBalanced()
    await create({ ...WEB_2, ...balanced, desiredCount: 1 })
    pass(60)
    const [task] = await tasks()
    emulator.control.setTaskHealth(task?.taskArn ?? '', 'UNHEALTHY')
    pass(5)
    expect((await tasks('STOPPED'))[0]).toMatchObject({
      taskArn: task?.taskArn,
      healthStatus: 'UNKNOWN',
      stoppedReason: `Task failed ELB health checks in (target-group ${group})`,
    })
    expect((await events()).join('\n')).toContain(
      `(port 8080) is unhealthy in (target-group ${group}) due to (reason Health checks failed).`,
    )
    pass(150)
    expect(await service()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] })
  })

  it('waits for the grace period before it gives a task up', async () => {
    const { create, balanced, pass, tasks, emulator } = await startBalanced()
    emulator.control.scriptTasks({ behaviour: { kind: 'unhealthy', afterSeconds: 5 } })
    await create({ ...WEB_2, ...balanced, desiredCount: 1, healthCheckGracePeriodSeconds: 100 })
    pass(23 + 99)
    expect((await tasks())[0]?.lastStatus).toBe('RUNNING')
    pass(2)
    expect((await tasks('STOPPED'))[0]?.stoppedReason).toContain('Task failed ELB health checks')
  })

  it('lets the circuit breaker stop a deployment that the load balancer never finds healthy', async () => {
    const { create, balanced, pass, service, emulator } = await startBalanced()
    emulator.control.scriptTasks({ behaviour: { kind: 'unhealthy', afterSeconds: 15 } })
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: false } }
    await create({ ...WEB_2, ...balanced, deploymentConfiguration })
    pass(1800)
    expect((await service()).deployments).toMatchObject([{ rolloutState: 'FAILED' }])
  })

  it('takes the target of a task that died out at once, and another one in', async () => {
    const { create, balanced, pass, health, emulator } = await startBalanced()
    emulator.control.scriptTasks({ behaviour: { kind: 'exit', afterSeconds: 60, exitCode: 1 }, times: 1 })
    await create({ ...WEB_2, ...balanced, desiredCount: 1 })
    pass(23 + 59)
    expect(await health()).toEqual(['8080 healthy'])
    pass(2)
    expect(await health()).toEqual(['8080 draining'])
    pass(55)
    expect(await health()).toEqual(['8080 draining', '8080 healthy'])
  })

  it('drains a task that a user stops', async () => {
    const { create, balanced, pass, tasks, health, ecs } = await startBalanced()
    await create({ ...WEB_2, ...balanced, desiredCount: 1 })
    pass(60)
    const [task] = await tasks()
    await ecs.send(new StopTaskCommand({ cluster: 'fleet', task: task?.taskArn }))
    pass(1)
    expect(await health()).toEqual(['8080 draining'])
  })
})

describe('a service is refused', () => {
  const refused = async ({ ecs }: TestAccount, more: object): Promise<unknown> =>
    ecs.send(new CreateServiceCommand({ ...SERVICE, ...WEB_2, ...more })).catch((error: unknown) => error)

  it('with a target group that no listener uses, none, or one of the wrong type', async () => {
    const account = await startBalanced()
    const { createGroup, balanced } = account
    const [loadBalancer] = balanced.loadBalancers
    const withGroup = (targetGroupArn: string) => ({ loadBalancers: [{ ...loadBalancer, targetGroupArn }] })
    const alone = await createGroup('alone')
    expect(await refused(account, withGroup(alone))).toMatchObject({
      name: 'InvalidParameterException',
      message: `The target group with targetGroupArn ${alone} does not have an associated load balancer.`,
    })
    expect(await refused(account, withGroup(`${alone}x`))).toMatchObject({ name: 'InvalidParameterException' })
    expect(await refused(account, { ...balanced, taskDefinition: 'web:1' })).toMatchObject({
      message: 'The container app did not have a container port 8080 defined.',
    })
    expect(await refused(account, { loadBalancers: [{ ...loadBalancer, containerName: 'other' }] })).toMatchObject({
      message: 'The container other does not exist in the task definition.',
    })
  })

  it('in awsvpc mode with a group of instances', async () => {
    const account = await startBalanced()
    const { createGroup, balanced, elb } = account
    const arn = await createGroup('instances', 'instance')
    const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'] }))
    const action = { Type: 'forward' as const, TargetGroupArn: arn }
    const LoadBalancerArn = LoadBalancers?.[0]?.LoadBalancerArn
    await elb.send(new CreateListenerCommand({ LoadBalancerArn, Port: 81, Protocol: 'HTTP', DefaultActions: [action] }))
    const loadBalancers = [{ ...balanced.loadBalancers[0], targetGroupArn: arn }]
    expect(await refused(account, { loadBalancers })).toMatchObject({
      message: `The provided target group ${arn} has target type instance, which is incompatible with the awsvpc network mode specified in the task definition.`,
    })
  })

  it('with a grace period but no load balancer', async () => {
    const account = await startBalanced()
    expect(await refused(account, { healthCheckGracePeriodSeconds: 60 })).toMatchObject({
      message: 'Health check grace period is only valid for services configured to use load balancers',
    })
  })
})
