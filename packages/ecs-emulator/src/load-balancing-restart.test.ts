import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, SERVICE } from './__fixtures__/start-account.ts'
import { createManualClock, type ManualClock, startEcsEmulator } from './index.ts'

const DRAINING_SECONDS = 300

interface Clients {
  readonly ecs: ECSClient
  readonly elb: ElasticLoadBalancingV2Client
  readonly close: () => Promise<void>
}

interface Restartable {
  readonly clock: ManualClock
  readonly start: () => Promise<Clients>
}

/** An emulator that can be started again from its state file. */
async function prepare(): Promise<Restartable> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-'))
  onTestFinished(async () => await rm(folder, { recursive: true }))
  const clock = createManualClock()
  const start = async (): Promise<Clients> => {
    const emulator = await startEcsEmulator({ clock, stateFile: join(folder, 'state.json') })
    const client = { endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS }
    const [ecs, elb] = [new ECSClient(client), new ElasticLoadBalancingV2Client(client)]
    const close = async (): Promise<void> => {
      ecs.destroy()
      elb.destroy()
      await emulator.close()
    }
    return { ecs, elb, close }
  }

  return { clock, start }
}

/** One task behind a load balancer; answers the target group. */
async function createBalanced(before: Clients): Promise<string> {
  const { LoadBalancers } = await before.elb.send(
    new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'] }),
  )
  const group = { Name: 'shop', Protocol: 'HTTP' as const, Port: 80, TargetType: 'ip' as const, VpcId: 'vpc-1' }
  const { TargetGroups } = await before.elb.send(new CreateTargetGroupCommand(group))
  const TargetGroupArn = present(TargetGroups?.[0]?.TargetGroupArn)
  await before.elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn }],
    }),
  )
  await before.ecs.send(new CreateClusterCommand({ clusterName: 'fleet' }))
  await before.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'web',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'shop:1', portMappings: [{ containerPort: 8080 }] }],
    }),
  )
  const loadBalancers = [{ targetGroupArn: TargetGroupArn, containerName: 'app', containerPort: 8080 }]
  await before.ecs.send(new CreateServiceCommand({ ...SERVICE, desiredCount: 1, loadBalancers }))
  return TargetGroupArn
}

it('goes on draining where a restart interrupted it', async () => {
  const { clock, start } = await prepare()
  const before = await start()
  const TargetGroupArn = await createBalanced(before)
  clock.advance(60_000)
  await before.ecs.send(new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', desiredCount: 0 }))
  clock.advance(2000)
  const inCluster = { cluster: 'fleet' }
  const { taskArns } = await before.ecs.send(new ListTasksCommand({ ...inCluster, desiredStatus: 'STOPPED' }))
  await before.close()

  const after = await start()
  onTestFinished(after.close)
  const status = async (): Promise<string | undefined> =>
    (await after.ecs.send(new DescribeTasksCommand({ ...inCluster, tasks: taskArns }))).tasks?.[0]?.lastStatus
  const { TargetHealthDescriptions } = await after.elb.send(new DescribeTargetHealthCommand({ TargetGroupArn }))
  expect(TargetHealthDescriptions).toMatchObject([{ TargetHealth: { State: 'draining' } }])
  expect(await status()).toBe('DEACTIVATING')
  clock.advance(DRAINING_SECONDS * 1000 + 5000)
  expect(await status()).toBe('DEPROVISIONING')
})

it('completes a deployment whose targets were not healthy yet', async () => {
  const { clock, start } = await prepare()
  const before = await start()
  await createBalanced(before)
  clock.advance(40_000)
  const read = new DescribeServicesCommand({ cluster: 'fleet', services: ['shop'] })
  expect((await before.ecs.send(read)).services).toMatchObject([{ deployments: [{ rolloutState: 'IN_PROGRESS' }] }])
  await before.close()
  const after = await start()
  onTestFinished(after.close)
  await after.ecs.send(read)
  clock.advance(20_000)
  expect((await after.ecs.send(read)).services).toMatchObject([{ deployments: [{ rolloutState: 'COMPLETED' }] }])
})

it('completes a deployment of nothing', async () => {
  const { clock, start } = await prepare()
  const before = await start()
  await createBalanced(before)
  const { networkConfiguration, launchType } = SERVICE
  const place = { cluster: 'fleet', taskDefinition: 'web', launchType, networkConfiguration }
  await before.ecs.send(new CreateServiceCommand({ ...place, serviceName: 'empty', desiredCount: 0 }))
  clock.advance(5000)
  await before.close()
  const after = await start()
  onTestFinished(after.close)
  const read = new DescribeServicesCommand({ cluster: 'fleet', services: ['empty'] })
  expect((await after.ecs.send(read)).services).toMatchObject([{ deployments: [{ rolloutState: 'IN_PROGRESS' }] }])
  clock.advance(20_000)
  expect((await after.ecs.send(read)).services).toMatchObject([{ deployments: [{ rolloutState: 'COMPLETED' }] }])
})
