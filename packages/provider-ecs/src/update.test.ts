import {
  CreateClusterCommand,
  CreateServiceCommand,
  TagResourceCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import type { JsonObject } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { PROVIDER_TAGS, readTags } from './provider-tags.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

async function running(config?: JsonObject) {
  const tenant = fleet.tenant(config === undefined ? {} : { config })
  await tenant.provision()
  await tenant.settle()
  fleet.emulator.control.resetCounters()
  return tenant
}

const writes = () => {
  const { calls } = fleet.emulator.control.counters()
  const { UpdateService, TagResource, UntagResource, CreateService, DeleteService } = calls
  return { UpdateService, TagResource, UntagResource, CreateService, DeleteService }
}
const tags = async (name: string) => {
  const service = await fleet.service(name)
  return service === undefined ? {} : readTags(service)
}

describe('update', () => {
  it('sends tags alone when only tags differ, and starts no deployment', async () => {
    const tenant = await running(fleet.config({ tags: { plan: 'gold', team: 'a' } }))
    const before = (await fleet.service(tenant.serviceName))?.deployments?.map(({ id }) => id)
    const { changes } = await tenant.update({ providerConfig: fleet.config({ tags: { plan: 'silver' } }) })
    expect(changes.map(({ path, effect }) => ({ path, effect }))).toEqual([
      { path: '/tags/plan', effect: 'none' },
      { path: '/tags/team', effect: 'none' },
    ])
    expect(writes()).toEqual({ TagResource: 1, UntagResource: 1 })
    expect((await fleet.service(tenant.serviceName))?.deployments?.map(({ id }) => id)).toEqual(before)
    expect(await tags(tenant.serviceName)).toMatchObject({ plan: 'silver' })
    expect(await tags(tenant.serviceName)).not.toHaveProperty('team')
  })

  it('leaves the size to an autoscaler, and the tags of others alone', async () => {
    const tenant = await running()
    const service = await fleet.service(tenant.serviceName)
    const at = { cluster: 'fleet', service: tenant.serviceName }
    await fleet.ecs.send(new UpdateServiceCommand({ ...at, desiredCount: 3 }))
    const cost = [{ key: 'cost-centre', value: '7' }]
    await fleet.ecs.send(new TagResourceCommand({ resourceArn: service?.serviceArn ?? '', tags: cost }))
    await tenant.settle()
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1], tags: { plan: 'gold' } }) })
    await tenant.settle()
    expect((await fleet.service(tenant.serviceName))?.desiredCount).toBe(3)
    expect(await tags(tenant.serviceName)).toMatchObject({ 'cost-centre': '7', plan: 'gold' })
  })

  it('safeguard: an update whose answer was lost is not made twice', async () => {
    const tenant = await running()
    const providerConfig = fleet.config({ task_definition_arn: fleet.web[1] })
    fleet.emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'lost_reply' }, times: 5 })
    await expect(tenant.update({ providerConfig })).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    const deployments = (await fleet.service(tenant.serviceName))?.deployments?.length
    await tenant.update({ providerConfig })
    expect((await fleet.service(tenant.serviceName))?.deployments).toHaveLength(deployments ?? 0)
    expect((await tenant.settle()).state).toBe('running')
  })

  it('safeguard: a change back is not taken for none because the change before is not seen yet', async () => {
    const tenant = await running()
    const before = tenant.ref().providerConfig
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    await expect(tenant.update({ providerConfig: before })).rejects.toMatchObject({ code: 'unavailable' })
    expect(await tenant.update({ providerConfig: before })).toMatchObject({ status: 'in_progress' })
    await tenant.settle()
    expect((await fleet.service(tenant.serviceName))?.taskDefinition).toBe(fleet.web[0])
  })

  it('refuses a service of that name without marks', async () => {
    const tenant = fleet.tenant()
    await fleet.ecs.send(
      new CreateServiceCommand({
        ...{ cluster: 'fleet', serviceName: tenant.serviceName, taskDefinition: 'web:1', desiredCount: 1 },
        ...{ launchType: 'FARGATE', networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      }),
    )
    fleet.emulator.control.resetCounters()
    await expect(tenant.update({})).rejects.toMatchObject({ code: 'conflict' })
    expect(writes()).toEqual({})
  })

  it('changes what starts no deployment without waiting for one', async () => {
    const tenant = await running()
    const { changes } = await tenant.update({ providerConfig: fleet.config({ enable_execute_command: true }) })
    expect(changes).toMatchObject([{ path: '/enable_execute_command', effect: 'in_place' }])
    expect(await tenant.status()).toMatchObject({ state: 'running', settled: true })
  })
})

describe('what cannot be changed in place', () => {
  const prefix = { service_name_prefix: 'moved-' }

  it('is refused with the paths, and nothing is written', async () => {
    const tenant = await running()
    await expect(tenant.update({ providerConfig: fleet.config(prefix) })).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/service_name', message: expect.stringContaining('replace: allow') }],
    })
    expect(writes()).toEqual({})
    const { providerConfig, resourceIds, tenantId } = tenant.ref()
    const spec = { ...tenant.spec, providerConfig: fleet.config(prefix) }
    const plan = await fleet.provider().plan?.({ tenantId, providerConfig, resourceIds }, spec, callOptions())
    expect(plan).toMatchObject({ action: 'update', warnings: [expect.stringContaining('would be refused')] })
  })

  it.each([
    ['a new name', () => Promise.resolve({ ...prefix })],
    [
      'a new cluster',
      async () => {
        const { cluster } = await fleet.ecs.send(new CreateClusterCommand({ clusterName: 'other' }))
        return { cluster_arn: cluster?.clusterArn ?? '' }
      },
    ],
  ])('with replace: allow is made anew, and leaves nothing behind: %s', async (_what, change) => {
    const tenant = await running()
    const config = fleet.config({ ...(await change()), replace: 'allow' })
    const { status } = await tenant.update({ providerConfig: config })
    expect(status).toBe('in_progress')
    expect((await fleet.service(tenant.serviceName))?.status).toBe('DRAINING')
    await expect(tenant.status()).rejects.toMatchObject({ code: 'tenant_not_found' })
    await tenant.provision()
    expect((await tenant.settle()).state).toBe('running')
    fleet.pass(120)
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('safeguard: with replace: allow is made anew under the same name, and never mistaken for the old one, once the old one has drained', async () => {
    const tenant = await running(fleet.config({ launch_type: 'FARGATE' }))
    const arn = await fleet.register({ family: 'hosts', requiresCompatibilities: ['EC2'] })
    const config = fleet.config({ launch_type: 'EC2', task_definition_arn: arn, replace: 'allow' })
    // safeguard: the update's own read, and one that still shows the old service as it ran.
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.update({ providerConfig: config })
    expect(await tenant.status()).toMatchObject({ state: 'stopping', settled: false })
    expect(await tenant.status()).toMatchObject({ state: 'stopping', settled: false })
    // A repeated call, as after a lost answer: nothing is deleted twice, and the control plane is told to provision.
    await expect(tenant.update({ providerConfig: config })).rejects.toMatchObject({ code: 'tenant_not_found' })
    expect((await tenant.provision()).status).toBe('in_progress')
    fleet.pass(120)
    await expect(tenant.status()).rejects.toMatchObject({ code: 'tenant_not_found' })
    await tenant.provision()
    await tenant.settle()
    expect((await fleet.service(tenant.serviceName))?.launchType).toBe('EC2')
  })

  it('checks the new configuration before anything is deleted', async () => {
    const tenant = await running()
    const missing = fleet.web[0].replace('web:1', 'web:99')
    const providerConfig = fleet.config({ ...prefix, replace: 'allow', task_definition_arn: missing })
    await expect(tenant.update({ providerConfig })).rejects.toMatchObject({ code: 'invalid_config' })
    expect((await fleet.service(tenant.serviceName))?.status).toBe('ACTIVE')
  })

  it('safeguard: changed back at once, the service that is on its way out is not taken for one that stays', async () => {
    const tenant = await running()
    const before = tenant.ref().providerConfig
    const arn = await fleet.register({ family: 'hosts', requiresCompatibilities: ['EC2'] })
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    const hosts = { launch_type: 'EC2', task_definition_arn: arn, replace: 'allow' }
    await tenant.update({ providerConfig: fleet.config(hosts) })
    await expect(tenant.update({ providerConfig: before })).rejects.toMatchObject({ code: 'tenant_not_found' })
  })

  it('safeguard: a deletion that did not find the service is not taken for done', async () => {
    const tenant = await running()
    const unknown = { kind: 'error', type: 'ServiceNotFoundException', message: 'Service not found.' } as const
    fleet.emulator.control.injectFault({ operation: 'DeleteService', fault: unknown })
    const update = tenant.update({ providerConfig: fleet.config({ ...prefix, replace: 'allow' }) })
    await expect(update).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  })

  it('deletes the service at the old place also when the update was repeated', async () => {
    const tenant = await running()
    const config = fleet.config({ ...prefix, replace: 'allow' })
    const before = tenant.ref()
    const spec = { ...tenant.spec, providerConfig: config }
    const provider = fleet.provider()
    await provider.update(before, spec, callOptions())
    await expect(provider.update(before, spec, callOptions())).rejects.toMatchObject({ code: 'tenant_not_found' })
    expect(writes()).toEqual({ DeleteService: 1 })
  })
})

describe('suspend', () => {
  it('safeguard: remembers the size although the answer to scaling down was lost', async () => {
    const tenant = await running()
    const at = { cluster: 'fleet', service: tenant.serviceName }
    await fleet.ecs.send(new UpdateServiceCommand({ ...at, desiredCount: 3 }))
    await tenant.settle()
    fleet.emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'lost_reply' }, times: 5 })
    await expect(tenant.update({ suspended: true })).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    await tenant.update({ suspended: true })
    const suspended = await tenant.settle()
    expect(suspended.state).toBe('stopped')
    expect(suspended).not.toHaveProperty('idle')
    expect(await tags(tenant.serviceName)).toMatchObject({ [PROVIDER_TAGS.suspendedCount]: '3' })
    await tenant.update({ suspended: false })
    expect((await tenant.settle()).containers).toHaveLength(3)
    expect(await tags(tenant.serviceName)).not.toHaveProperty([PROVIDER_TAGS.suspendedCount])
    expect((await tenant.update({})).status).toBe('no_changes')
  })

  it('safeguard: a read from before the suspension is not taken for its end', async () => {
    const tenant = await running()
    // The update's own read, and then one more.
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.update({ suspended: true })
    expect(await tenant.status()).toMatchObject({ settled: false, message: expect.stringContaining('new size') })
    expect((await tenant.settle()).state).toBe('stopped')
  })
})

describe('restart', () => {
  const ids = async (name: string) => (await fleet.service(name))?.deployments?.map(({ id }) => id) ?? []

  it('safeguard: a restart whose answer was lost is not done twice', async () => {
    const tenant = await running()
    fleet.emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'lost_reply' }, times: 5 })
    await expect(tenant.update({ restartToken: 'one' })).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    const [restarted] = await ids(tenant.serviceName)
    await tenant.update({ restartToken: 'one' })
    expect((await ids(tenant.serviceName))[0]).toBe(restarted)
    await tenant.settle()
    expect((await tenant.update({ restartToken: 'one' })).status).toBe('no_changes')
    expect(await tags(tenant.serviceName)).not.toHaveProperty([PROVIDER_TAGS.restarting])
  })

  it('is done once when the process died between its intent and the restart', async () => {
    const tenant = await running()
    const [before] = await ids(tenant.serviceName)
    fleet.emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'reset' }, times: 5 })
    await expect(tenant.update({ restartToken: 'one' })).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    await tenant.update({ restartToken: 'one' })
    expect((await ids(tenant.serviceName))[0]).not.toBe(before)
  })

  it('safeguard: the old deployment, complete and of the same task definition, is not taken for the new one', async () => {
    const tenant = await running()
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.update({ restartToken: 'one' })
    expect(await tenant.status()).toMatchObject({ settled: false, message: expect.stringContaining('new deployment') })
    expect((await tenant.settle()).state).toBe('running')
  })
})

function callOptions() {
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  return { signal: new AbortController().signal, logger, operationId: 'two', generation: 2 }
}
