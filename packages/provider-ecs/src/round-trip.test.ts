import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type Service,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { InvalidConfigError } from '@landlord/compute-core'
import { createManualClock, startEcsEmulator } from '@landlord/ecs-emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { echoService } from './__fixtures__/echo-service.ts'
import { FARGATE, INSTALLATION } from './__fixtures__/ecs-configs.ts'
import { randomConfig } from './__fixtures__/random-config.ts'
import { type DesiredService, desiredService } from './desired-service.ts'
import { diffService, needsNewService } from './diff-service.ts'
import type { EcsConfig } from './ecs-config.ts'
import { parseEcsSettings } from './ecs-settings.ts'
import { fromEcsService } from './from-ecs-service.ts'
import { normaliseDesired } from './normal-service.ts'
import { observedConfig } from './observed-config.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'
import { toUpdateServiceInput } from './to-update-service-input.ts'
import { validateEcsConfig } from './validate-config.ts'

const context = { settings: parseEcsSettings({}).settings, installation: INSTALLATION, canAssumeRole: false }

/** The valid ones of the first so many random configurations. */
function validConfigs(seeds: number): EcsConfig[] {
  return Array.from({ length: seeds }, (_, seed) => randomConfig(seed)).filter((config) => {
    try {
      validateEcsConfig(config, context)
      return true
    } catch (error) {
      if (InvalidConfigError.isInstance(error)) return false
      throw error
    }
  })
}

const asDesired = (config: EcsConfig): DesiredService =>
  desiredService({ tenantId: 'acme', installation: INSTALLATION, config })

describe('a service made from any configuration', () => {
  const configs = validConfigs(3000)

  it('reads back as what was wanted, and as the configuration in its own words', () => {
    expect(configs.length).toBeGreaterThan(200)
    for (const config of configs) {
      const wanted = asDesired(config)
      const service = echoService(toCreateServiceInput(wanted, { clientToken: 't' }))
      expect(fromEcsService(service, normaliseDesired(wanted))).toEqual(normaliseDesired(wanted))
      expect(diffService(service, wanted)).toEqual([])
      expect(toUpdateServiceInput({ live: service, desired: wanted, changes: [] })).toEqual({
        tags: { set: [], remove: [] },
      })
      expect(observedConfig(service, wanted)).toEqual(config)
    }
  })
})

describe('over the wire', () => {
  const emulator = startEcsEmulator({ clock: createManualClock() })
  let ecs: ECSClient

  beforeAll(async () => {
    const { url, region } = await emulator
    const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
    ecs = new ECSClient({ endpoint: url, region, credentials, maxAttempts: 1 })
    await ecs.send(new CreateClusterCommand({ clusterName: 'fleet' }))
    for (const image of ['shop:1', 'shop:2']) {
      await ecs.send(
        new RegisterTaskDefinitionCommand({
          family: 'web',
          networkMode: 'awsvpc',
          containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80, name: 'http' }] }],
          requiresCompatibilities: ['FARGATE', 'EC2'],
          cpu: '256',
          memory: '512',
        }),
      )
    }
  })
  afterAll(async () => {
    ecs.destroy()
    await (await emulator).close()
  })

  async function read(name: string): Promise<Service> {
    const answer = await ecs.send(
      new DescribeServicesCommand({ cluster: 'fleet', services: [name], include: ['TAGS'] }),
    )
    const [service] = answer.services ?? []
    if (service === undefined) throw new Error(`no service ${name}`)
    return service
  }

  /** As the provider would, with the writes that it would make. */
  async function update(wanted: DesiredService): Promise<Service> {
    const live = await read(wanted.target.serviceName)
    const changes = diffService(live, wanted)
    const { service, tags } = toUpdateServiceInput({ live, desired: wanted, changes })
    const resourceArn = live.serviceArn
    if (tags.remove.length > 0) await ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: tags.remove }))
    if (tags.set.length > 0) await ecs.send(new TagResourceCommand({ resourceArn, tags: tags.set }))
    if (service !== undefined) await ecs.send(new UpdateServiceCommand(service))
    return read(wanted.target.serviceName)
  }

  const CONFIGS: Record<string, EcsConfig> = {
    plain: FARGATE,
    full: {
      ...FARGATE,
      desired_count: 3,
      task_definition_arn: FARGATE.task_definition_arn.replace('web:1', 'web:2'),
      subnets: ['subnet-2', 'subnet-1'],
      security_groups: ['sg-2', 'sg-1'],
      assign_public_ip: true,
      platform_version: '1.4.0',
      tags: { team: 'a', 'cost:centre': '' },
      deployment: { maximum_percent: 150, minimum_healthy_percent: 50, alarms: { names: ['slow'] } },
      service_connect: { namespace: 'prod', services: [{ port_name: 'http', client_aliases: [{ port: 80 }] }] },
      enable_execute_command: true,
      enable_ecs_managed_tags: true,
      propagate_tags: 'service',
      availability_zone_rebalancing: false,
    },
    single: {
      ...FARGATE,
      deployment: { maximum_percent: 100, minimum_healthy_percent: 0, circuit_breaker: { enable: false } },
    },
    spot: {
      ...FARGATE,
      capacity_provider_strategy: [
        { capacity_provider: 'FARGATE_SPOT', weight: 2 },
        { capacity_provider: 'FARGATE', base: 1 },
      ],
    },
    hosts: {
      ...FARGATE,
      launch_type: 'EC2',
      placement_strategy: [{ type: 'spread', field: 'host' }],
      placement_constraints: [{ type: 'distinctInstance' }],
    },
  }

  it.each(Object.keys(CONFIGS))('%s reads back without a difference', async (name) => {
    const config: EcsConfig = { ...(CONFIGS[name] as EcsConfig), service_name_prefix: `made-${name}-` }
    const wanted = asDesired(config)
    await ecs.send(new CreateServiceCommand(toCreateServiceInput(wanted, { clientToken: name })))
    const service = await read(wanted.target.serviceName)
    expect(diffService(service, wanted)).toEqual([])
    expect(observedConfig(service, wanted)).toEqual(config)
  })

  const pairs = Object.keys(CONFIGS).flatMap((from) => Object.keys(CONFIGS).map((to) => [from, to] as const))
  it.each(pairs)('%s becomes %s in one update, or says why not', async (from, to) => {
    const service_name_prefix = `${from}-to-${to}-`
    const before = asDesired({ ...(CONFIGS[from] as EcsConfig), service_name_prefix })
    const after = asDesired({ ...(CONFIGS[to] as EcsConfig), service_name_prefix })
    await ecs.send(new CreateServiceCommand(toCreateServiceInput(before, { clientToken: `${from}${to}` })))
    const changes = diffService(await read(before.target.serviceName), after)
    expect(needsNewService(changes)).toBe(to === 'hosts' && from !== 'hosts')
    if (needsNewService(changes)) return
    const service = await update(after)
    expect(diffService(service, after)).toEqual([])
    expect(service.desiredCount).toBe(CONFIGS[to]?.desired_count ?? CONFIGS[from]?.desired_count ?? 1)
  })

  it('leaves tags of others alone and takes its own back', async () => {
    const service_name_prefix = 'tags-'
    const [before, after] = [{ team: 'a', tier: 'pro' }, { team: 'b' }].map((tags) =>
      asDesired({ ...FARGATE, tags, service_name_prefix }),
    ) as [DesiredService, DesiredService]
    await ecs.send(new CreateServiceCommand(toCreateServiceInput(before, { clientToken: 'tags' })))
    const { serviceArn: resourceArn } = await read(before.target.serviceName)
    await ecs.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'billing', value: 'x' }] }))
    expect(diffService(await read(before.target.serviceName), before)).toEqual([])
    const tags = (service: Service) => Object.fromEntries((service.tags ?? []).map(({ key, value }) => [key, value]))
    const updated = tags(await update(after))
    expect(updated).toMatchObject({ team: 'b', billing: 'x', 'landlord.tenant_id': 'acme' })
    expect(updated).not.toHaveProperty('tier')
    const bare = await update(asDesired({ ...FARGATE, service_name_prefix }))
    expect(tags(bare)).toMatchObject({ billing: 'x', 'landlord.owner': 'landlord' })
    expect(tags(bare)).not.toHaveProperty('team')
    expect(tags(bare)).not.toHaveProperty(['landlord.tag_keys'])
  })
})
