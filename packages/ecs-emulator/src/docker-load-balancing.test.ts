import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import { NO_ENGINE } from '@landlord/test-engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present } from './__fixtures__/start-account.ts'
import { type DockerAccount, engine, startDockerAccount } from './__fixtures__/start-docker-account.ts'

const patient = { timeout: 60_000, interval: 50 }
const skipped = engine === undefined ? ` (${NO_ENGINE})` : ''
const LISTENER_PORT = 8080

/** A load balancer before port 8080 of the container `app`. */
async function startBalancer({ emulator }: DockerAccount): Promise<{ url: string; targetGroupArn: string }> {
  const { url: endpoint, region } = emulator
  const elb = new ElasticLoadBalancingV2Client({ endpoint, region, credentials: CREDENTIALS })
  onTestFinished(() => elb.destroy())
  const { LoadBalancers } = await elb.send(new CreateLoadBalancerCommand({ Name: 'front', Subnets: ['subnet-1'] }))
  const target = { Name: 'shop', Protocol: 'HTTP' as const, Port: 80, TargetType: 'ip' as const, VpcId: 'vpc-1' }
  const { TargetGroups } = await elb.send(new CreateTargetGroupCommand(target))
  const targetGroupArn = present(TargetGroups?.[0]?.TargetGroupArn)
  const Attributes = [{ Key: 'deregistration_delay.timeout_seconds', Value: '30' }]
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn: targetGroupArn, Attributes }))
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Port: LISTENER_PORT,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'forward', TargetGroupArn: targetGroupArn }],
    }),
  )
  return { url: `http://${LoadBalancers?.[0]?.DNSName}:${LISTENER_PORT}/`, targetGroupArn }
}

const loadBalancer = (targetGroupArn: string) => ({
  loadBalancers: [{ targetGroupArn, containerName: 'app', containerPort: 8080 }],
})

describe.skipIf(engine === undefined)(`a load balancer before real containers${skipped}`, () => {
  it('answers every request all through an update', async () => {
    const account = await startDockerAccount()
    const { register, create, service, ecs } = account
    const { url, targetGroupArn } = await startBalancer(account)
    await register()
    await create(loadBalancer(targetGroupArn))
    const completed = { runningCount: 1, deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] }
    await expect.poll(service, patient).toMatchObject(completed)
    const heard = new Set<string>()
    const failures: unknown[] = []
    const listen = async (): Promise<unknown> => {
      // What fails here is kept: the poll would only ask again.
      try {
        const response = await fetch(url, { headers: { connection: 'close' } })
        if (response.status !== 200) failures.push(response.status)
        heard.add((await response.text()).trim())
      } catch (error) {
        failures.push(error)
      }
      return await service()
    }
    await listen()
    await register([{ environment: [{ name: 'GREETING', value: 'good day' }] }])
    await ecs.send(new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', taskDefinition: 'web' }))
    await expect.poll(listen, patient).toMatchObject(completed)
    await listen()
    expect(failures).toEqual([])
    expect([...heard]).toEqual(['hello', 'good day'])
  })

  it('never completes a deployment whose containers do not answer', async () => {
    const account = await startDockerAccount()
    const { register, create, tasks, service } = account
    const { url, targetGroupArn } = await startBalancer(account)
    // It listens on 8080; the service promises 9090.
    await register([{ portMappings: [{ containerPort: 9090 }] }])
    const [shop] = loadBalancer(targetGroupArn).loadBalancers
    await create({ loadBalancers: [{ ...present(shop), containerPort: 9090 }] })
    const reasons = async () => (await tasks('STOPPED')).map(({ stoppedReason }) => stoppedReason)
    const failed = `Task failed ELB health checks in (target-group ${targetGroupArn})`
    await expect.poll(reasons, patient).toContain(failed)
    expect((await service()).deployments).toMatchObject([{ rolloutState: 'IN_PROGRESS' }])
    expect((await fetch(url)).status).toBe(503)
  })
})
