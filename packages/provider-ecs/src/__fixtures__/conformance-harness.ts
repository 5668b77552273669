import { setTimeout } from 'node:timers/promises'
import { CreateServiceCommand } from '@aws-sdk/client-ecs'
import { type ConformanceHarness, startSilentServer } from '@landlord/provider-conformance'
import { readTags } from '../provider-tags.ts'
import { resolveTarget } from '../resolve-target.ts'
import { type Fleet, startFleet } from './start-fleet.ts'

/** A service drains for a minute, and what was made is looked for two minutes long: a third of a second and less. */
const SPEED = 400
const POLL_MS = 20
/** A port on loopback where nobody listens. */
const NOBODY = 'http://127.0.0.1:1'

/** `disturb` makes the emulator adverse before anything is made on it. */
export async function createHarness(disturb?: (fleet: Fleet) => void): Promise<ConformanceHarness> {
  const fleet = await startFleet({ speed: SPEED })
  const silent = await startSilentServer()
  disturb?.(fleet)
  const place = { cluster_arn: fleet.clusterArn, task_definition_arn: fleet.web[0] }
  const nameOf = (tenantId: string) => resolveTarget(place, { tenantId, installation: 'any' }).serviceName
  return {
    createProvider({ installation, target }) {
      const endpoint = { live: fleet.emulator.url, silent: silent.url, unreachable: NOBODY }[target]
      return fleet.provider({ installation, settings: { endpoint_url: endpoint } })
    },
    config: fleet.config({ tags: { plan: 'gold' } }),
    changedConfig: fleet.config({
      task_definition_arn: fleet.web[1],
      tags: { plan: 'silver' },
      deployment: { maximum_percent: 300 },
    }),
    changedPaths: ['/deployment/maximum_percent', '/tags/plan', '/task_definition_arn'],
    invalidConfigs: [
      fleet.config({ task_definition_arn: 'web' }),
      fleet.config({ cluster_arn: 'fleet' }),
      fleet.config({ launch_type: 'FARGATE', capacity_provider_strategy: [{ capacity_provider: 'FARGATE_SPOT' }] }),
      fleet.config({ tags: { 'landlord.owner': 'me' } }),
      fleet.config({ assume_role: { role_arn: 'arn:aws:iam::000000000000:role/landlord' } }),
    ],
    countWrites: () => fleet.writes(),
    async listRaw(tenantId) {
      const service = await fleet.service(nameOf(tenantId))
      if (service === undefined || service.status === 'INACTIVE') return []
      return [{ kind: 'service', id: service.serviceArn ?? '', labels: readTags(service) }]
    },
    async createForeign(tenantId) {
      await fleet.ecs.send(
        new CreateServiceCommand({
          cluster: fleet.clusterArn,
          serviceName: nameOf(tenantId),
          clientToken: 'somebody-else',
          taskDefinition: fleet.web[0],
          desiredCount: 0,
          launchType: 'FARGATE',
          networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'] } },
        }),
      )
      return {
        async read() {
          const service = await fleet.service(nameOf(tenantId))
          if (service === undefined || service.status !== 'ACTIVE') return undefined
          const { desiredCount, taskDefinition, tags, deployments = [] } = service
          return { desiredCount, taskDefinition, tags, deployments: deployments.map(({ id }) => id) }
        },
      }
    },
    async createAdoptable() {
      const { service } = await fleet.ecs.send(
        new CreateServiceCommand({
          cluster: fleet.clusterArn,
          serviceName: 'made-by-hand',
          clientToken: 'somebody-else',
          taskDefinition: fleet.web[0],
          desiredCount: 2,
          launchType: 'FARGATE',
          networkConfiguration: {
            awsvpcConfiguration: { subnets: ['subnet-0a1b2c3d'], securityGroups: ['sg-0a1b2c3d'] },
          },
          deploymentConfiguration: { minimumHealthyPercent: 50, maximumPercent: 300 },
          enableECSManagedTags: true,
        }),
      )
      const read = async () => {
        const live = await fleet.service('made-by-hand')
        if (live?.status !== 'ACTIVE') return undefined
        const tasks = await fleet.tasks('made-by-hand')
        return {
          deployments: live.deployments?.map(({ id }) => id),
          tasks: tasks.map(({ taskArn, startedAt }) => ({ taskArn, startedAt })),
        }
      }
      await untilStable(fleet, 'made-by-hand')
      return { resource: service?.serviceArn ?? '', read }
    },
    async dispose() {
      await fleet.close()
      await silent.close()
    },
  }
}

async function untilStable(fleet: Fleet, name: string): Promise<void> {
  for (;;) {
    const { deployments = [], desiredCount } = (await fleet.service(name)) ?? {}
    const started = (await fleet.tasks(name)).filter(({ startedAt }) => startedAt !== undefined)
    if (started.length === desiredCount && deployments[0]?.rolloutState === 'COMPLETED') return
    await setTimeout(POLL_MS)
  }
}
