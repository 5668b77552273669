import { setTimeout as delay } from 'node:timers/promises'
import { ListTasksCommand } from '@aws-sdk/client-ecs'
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2'
import {
  ensureTestImage,
  findEngine,
  httpServerConfig,
  listLabelled,
  NO_ENGINE,
  type TestEngine,
} from '@landlord/test-engine'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type EcsAccount, EMULATOR_CREDENTIALS, EMULATOR_ENVIRONMENT, openEcsAccount } from './support/ecs-account.ts'
import { bodyOf, endpointIn, type LandlordDev, startLandlordDev, succeeded } from './support/landlord-dev.ts'

const SUBNETS = ['subnet-0123456789abcdef0']
const PORT = 8080
const LISTENER_PORT = 8088
const SPEED = 10

const found = await findEngine()

describe.skipIf(found === undefined)(
  `a tenant on ECS, its tasks real containers${found ? '' : `: ${NO_ENGINE}`}`,
  () => {
    const engine = found as TestEngine
    let account: EcsAccount
    let dev: LandlordDev
    let image: string
    beforeAll(async () => {
      image = await ensureTestImage(engine.docker)
      account = await openEcsAccount({ runtime: 'docker', speed: SPEED })
      dev = await startLandlordDev({
        environment: EMULATOR_ENVIRONMENT,
        compute: {
          ecs: {
            endpoint_url: account.emulator.url,
            cluster_arn: account.clusterArn,
            subnets: SUBNETS,
            consistency_window_seconds: Math.ceil(120 / SPEED),
          },
        },
      })
    })
    afterAll(async () => {
      await dev.close()
      await account.close()
    })

    const revision = (greeting: string, from = image) => {
      const { command, args } = httpServerConfig(PORT)
      return account.registerTaskDefinition({
        containerDefinitions: [
          {
            name: 'web',
            image: from,
            entryPoint: command,
            command: args,
            environment: [{ name: 'GREETING', value: greeting }],
            portMappings: [{ containerPort: PORT }],
            stopTimeout: 5,
          },
        ],
      })
    }
    const config = (values: object) => JSON.stringify(values)

    it('is created, answers, rolls over without a failed request, rolls back, and leaves nothing behind', async () => {
      const targetGroup = await balancedTargetGroup(account)
      const load_balancers = [{ target_group_arn: targetGroup, container_name: 'web', container_port: PORT }]
      const first = config({ task_definition_arn: await revision('hello'), desired_count: 1, load_balancers })
      const created = await succeeded(
        dev.landlord('create', '--tenant-name', 'acme', '--provider', 'ecs', '--config', first, '--wait'),
      )
      const url = endpointIn(created)
      expect(await bodyOf(url)).toBe('hello')

      const visitor = visit(url)
      const second = config({ task_definition_arn: await revision('good evening') })
      await succeeded(dev.landlord('set', 'acme', '--config', second, '--wait'))
      expect(await bodyOf(url)).toBe('good evening')

      const broken = config({ task_definition_arn: await revision('never', 'landlord-test/no-such-image:1') })
      const failed = await dev.landlord('set', 'acme', '--config', broken, '--wait')
      expect(failed.code).toBe(7)
      expect(failed.stderr).toContain('image_not_found')
      expect(await bodyOf(url)).toBe('good evening')
      const { visits, failures } = await visitor.stop()
      expect(failures).toEqual([])
      expect(visits).toBeGreaterThan(100)

      await succeeded(dev.landlord('delete', 'acme', '--wait'))
      expect(await account.activeServices()).toEqual([])
      const { taskArns } = await account.ecs.send(new ListTasksCommand({ cluster: account.clusterArn }))
      expect(taskArns).toEqual([])
      expect(await listLabelled(engine.docker, [`com.amazonaws.ecs.cluster=${account.clusterName}`])).toEqual([])
    })
  },
)

/** A target group behind a load balancer that really forwards. */
async function balancedTargetGroup({ emulator }: EcsAccount): Promise<string> {
  const { url: endpoint, region } = emulator
  const elb = new ElasticLoadBalancingV2Client({ endpoint, region, credentials: EMULATOR_CREDENTIALS })
  const { LoadBalancers } = await elb.send(
    new CreateLoadBalancerCommand({ Name: 'front', Type: 'network', Subnets: SUBNETS }),
  )
  const { TargetGroups } = await elb.send(
    new CreateTargetGroupCommand({ Name: 'acme', Protocol: 'TCP', Port: PORT, TargetType: 'ip', VpcId: 'vpc-0' }),
  )
  const arn = TargetGroups?.[0]?.TargetGroupArn
  await elb.send(
    new ModifyTargetGroupAttributesCommand({
      TargetGroupArn: arn,
      Attributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: '20' }],
    }),
  )
  await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: 'TCP',
      Port: LISTENER_PORT,
      DefaultActions: [{ Type: 'forward', TargetGroupArn: arn }],
    }),
  )
  elb.destroy()
  return arn ?? ''
}

/** Asks again and again, each time on a new connection, and remembers what went wrong. */
function visit(url: string) {
  const failures: string[] = []
  let visits = 0
  let goesOn = true
  const rounds = (async () => {
    while (goesOn) {
      visits += 1
      try {
        const answer = await fetch(url, { headers: { connection: 'close' }, signal: AbortSignal.timeout(5000) })
        if (!answer.ok) failures.push(`${answer.status}`)
        await answer.text()
      } catch (error) {
        failures.push(String(error))
      }
      // So that a visitor does not take the cores from what is visited.
      await delay(20)
    }
  })()
  return {
    async stop() {
      goesOn = false
      await rounds
      return { visits, failures }
    },
  }
}
