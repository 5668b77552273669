import { CreateClusterCommand, CreateServiceCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs'
import { mergeConfig } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operation, startTimedFleet, type TimedFleet } from './__fixtures__/start-fleet.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

const deletes = () => fleet.emulator.control.counters().calls.DeleteService ?? 0

async function running(config = fleet.config()) {
  const tenant = fleet.tenant({ config })
  await tenant.provision()
  await tenant.settle()
  return tenant
}

describe('destroy', () => {
  it('makes one DeleteService, which takes the tasks along, and waits until ECS is done', async () => {
    const tenant = await running()
    expect((await tenant.destroy()).status).toBe('in_progress')
    expect((await tenant.destroy()).status).toBe('in_progress')
    fleet.pass(30)
    expect((await tenant.destroy()).message).toMatch(/draining/)
    fleet.pass(60)
    expect(await tenant.destroy()).toEqual({ status: 'destroyed', resourceIds: {} })
    expect(deletes()).toBe(1)
  })

  it('with force_delete: false lets the tasks stop first', async () => {
    const tenant = await running(fleet.config({ force_delete: false }))
    expect((await tenant.destroy()).message).toMatch(/scaled to no tasks/)
    expect(deletes()).toBe(0)
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
    expect(fleet.emulator.control.counters().calls).toMatchObject({ UpdateService: 1, DeleteService: 1 })
  })

  it('goes on where a call was lost', async () => {
    const tenant = await running()
    fleet.emulator.control.injectFault({ operation: 'DeleteService', fault: { kind: 'lost_reply' }, times: 5 })
    await expect(tenant.destroy()).rejects.toMatchObject({ retryable: true })
    fleet.emulator.control.clearScripts()
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('safeguard: is not taken in by a replica that does not know the service yet', async () => {
    const tenant = await running()
    const unknown = { kind: 'error', type: 'ServiceNotFoundException', message: 'Service not found.' } as const
    fleet.pass(600)
    fleet.emulator.control.injectFault({ operation: 'DeleteService', fault: unknown })
    expect(await tenant.destroy()).toMatchObject({ status: 'in_progress', message: expect.stringContaining('again') })
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('takes what somebody else has deleted for destroyed', async () => {
    const tenant = await running()
    await fleet.ecs.send(new DeleteServiceCommand({ cluster: 'fleet', service: tenant.serviceName, force: true }))
    fleet.pass(100)
    const known = tenant.ref()
    expect((await tenant.destroy()).status).toBe('destroyed')
    // ECS forgets it at last, and a tenant that is known for long needs no second look.
    fleet.pass(2 * 3600)
    expect(await fleet.service(tenant.serviceName)).toBeUndefined()
    expect((await fleet.provider().destroy(known, operation())).status).toBe('destroyed')
  })

  it('of a cluster that there is not is an error, not a success', async () => {
    const config = fleet.config({ cluster_arn: fleet.clusterArn.replace('fleet', 'elsewhere') })
    const call = fleet.tenant({ config }).destroy()
    await expect(call).rejects.toMatchObject({ code: 'invalid_config', issues: [{ path: '/cluster_arn' }] })
  })

  it.each([
    ['says nothing', {}],
    ['names no cluster by its ARN', { cluster_arn: 'fleet' }],
  ])('of a tenant whose configuration %s, as its handle does, is an error, not a success', async (_case, config) => {
    const ref = { tenantId: 'acme', providerConfig: config, resourceIds: {} }
    const provider = fleet.provider()
    const expected = { code: 'invalid_config', message: expect.stringContaining('/cluster_arn') }
    await expect(provider.destroy(ref, operation())).rejects.toMatchObject(expected)
    await expect(provider.getStatus(ref, operation())).rejects.toMatchObject(expected)
  })

  it('without permission is an error, not a success', async () => {
    const tenant = await running()
    const denied = {
      kind: 'error',
      type: 'AccessDeniedException',
      message: 'User is not authorized to perform',
    } as const
    fleet.emulator.control.injectFault({ operation: 'DeleteService', fault: denied })
    await expect(tenant.destroy()).rejects.toMatchObject({ code: 'access_denied' })
  })

  it('leaves the service of another installation alone', async () => {
    const tenant = await running()
    const other = fleet.tenant({
      provider: fleet.provider({ installation: 'other' }),
      spec: { tenantId: tenant.spec.tenantId },
    })
    expect((await other.destroy()).status).toBe('destroyed')
    expect((await tenant.status()).state).toBe('running')
    expect(deletes()).toBe(0)
  })
})

describe('safeguard: what is not found is not believed to be gone', () => {
  const window = { settings: { consistency_window_seconds: 120 } }

  it('while a create whose answer was lost may still show up', async () => {
    const tenant = fleet.tenant({ provider: fleet.provider(window) })
    expect(await tenant.destroy()).toMatchObject({ status: 'in_progress', message: expect.stringContaining('again') })
    const first = tenant.ref().resourceIds.absent_since
    fleet.pass(60)
    expect((await tenant.destroy()).status).toBe('in_progress')
    expect(tenant.ref().resourceIds.absent_since).toBe(first)
    await tenant.provision()
    fleet.pass(61)
    expect((await tenant.destroy()).status).toBe('in_progress')
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('where the handle points, while the place of the configuration is still looked at', async () => {
    const settings = { settings: { consistency_window_seconds: 120 } }
    const tenant = fleet.tenant({ provider: fleet.provider(settings) })
    await tenant.provision()
    const elsewhere = { ...tenant.ref(), providerConfig: fleet.config({ service_name_prefix: 'elsewhere-' }) }
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    const provider = fleet.provider(settings)
    let answer = await provider.destroy(elsewhere, operation())
    expect(answer.resourceIds.service_name).toBe(tenant.serviceName)
    for (let step = 0; answer.status !== 'destroyed' && step < 30; step += 1) {
      fleet.pass(30)
      answer = await provider.destroy({ ...elsewhere, resourceIds: answer.resourceIds }, operation())
    }
    expect(answer.status).toBe('destroyed')
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('while the service was made a moment ago', async () => {
    const tenant = fleet.tenant({ provider: fleet.provider(window) })
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.provision()
    expect((await tenant.destroy()).message).toMatch(/does not find/)
    expect((await tenant.destroy()).message).toMatch(/does not find/)
    fleet.pass(10)
    expect((await tenant.destroy()).message).toMatch(/draining/)
    await tenant.gone()
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })

  it('while only the tenant before it of the same id is shown as INACTIVE', async () => {
    const before = await running()
    await before.gone()
    const tenant = fleet.tenant({ spec: { tenantId: before.spec.tenantId } })
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 1 })
    await tenant.provision()
    expect((await tenant.destroy()).status).toBe('in_progress')
    await tenant.gone()
    expect(deletes()).toBe(2)
  })

  it('by getStatus while only the tenant before it of the same id is shown as INACTIVE', async () => {
    const before = await running()
    await before.gone()
    const tenant = fleet.tenant({ spec: { tenantId: before.spec.tenantId } })
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 1 })
    await tenant.provision()
    expect(await tenant.status()).toMatchObject({ state: 'starting', settled: false })
    expect((await tenant.settle()).state).toBe('running')
  })

  it('by getStatus while only a service of somebody else is shown as INACTIVE, which had the name before', async () => {
    const tenant = fleet.tenant()
    const others = fleet.provider({ installation: 'other' })
    const before = fleet.tenant({ provider: others, spec: { tenantId: tenant.spec.tenantId } })
    await before.provision()
    await before.settle()
    await before.gone()
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 1 })
    await tenant.provision()
    expect(await tenant.status()).toMatchObject({ state: 'starting', settled: false })
    expect((await tenant.settle()).state).toBe('running')
  })

  it('by getStatus and update either', async () => {
    const tenant = fleet.tenant()
    fleet.emulator.control.injectFault({ operation: 'DescribeServices', fault: { kind: 'stale' }, times: 2 })
    await tenant.provision()
    expect(await tenant.status()).toMatchObject({ state: 'starting', settled: false })
    await expect(tenant.update({})).rejects.toMatchObject({ code: 'unavailable', retryable: true })
    expect((await tenant.settle()).state).toBe('running')
  })

  it('though reads lag for the whole window behind every write', async () => {
    fleet.emulator.control.setConsistencyLag({ seconds: 60 })
    const tenant = await running()
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1], desired_count: 2 }) })
    const { state, containers } = await tenant.settle()
    expect({ state, containers: containers.length }).toEqual({ state: 'running', containers: 2 })
    await tenant.update({ suspended: true })
    expect((await tenant.settle()).state).toBe('stopped')
    await tenant.update({ suspended: false, restartToken: 'one' })
    expect((await tenant.settle()).state).toBe('running')
    await tenant.gone()
    fleet.emulator.control.setConsistencyLag({ seconds: 0 })
    expect((await fleet.service(tenant.serviceName))?.status).toBe('INACTIVE')
  })
})

describe('listOwned, beside services of others', () => {
  it('names tenants as they are, whatever characters their ids have', async () => {
    const odd = fleet.tenant({ spec: { tenantId: 'größe/7 #1' } })
    await odd.provision()
    await fleet.ecs.send(
      new CreateServiceCommand({
        ...{ cluster: 'fleet', serviceName: 'foreign', taskDefinition: 'web:1', desiredCount: 0 },
        ...{ launchType: 'FARGATE', networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } },
      }),
    )
    const found = []
    for await (const resource of fleet.provider().listOwned?.(operation()) ?? []) found.push(resource)
    expect(found).toMatchObject([{ tenantId: 'größe/7 #1', kind: 'service', createdAt: expect.any(String) }])
  })

  it('tells enough to destroy what only a cluster beside the default one holds, under a name of its own', async () => {
    const { cluster } = await fleet.ecs.send(new CreateClusterCommand({ clusterName: 'second' }))
    const cluster_arn = cluster?.clusterArn ?? ''
    await (await running(fleet.config({ cluster_arn, service_name: 'shop' }))).status()
    const provider = () => fleet.provider({ settings: { clusters: [cluster_arn] } })
    const found = []
    for await (const resource of provider().listOwned?.(operation()) ?? []) found.push(resource)
    const [{ tenantId, resourceIds = {}, providerConfig = {} } = { tenantId: '' }] = found
    const fresh = provider()
    const config = mergeConfig(fresh.configDefaults ?? {}, providerConfig)
    await fresh.destroy({ tenantId, resourceIds, providerConfig: config }, operation())
    expect((await fleet.service('shop', cluster_arn))?.status).toBe('DRAINING')
  })

  it('says so when it does not know where to look', async () => {
    const provider = fleet.provider({ settings: { cluster_arn: null } })
    await expect(provider.listOwned?.(operation())[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'invalid_config',
      issues: [{ path: '/clusters' }],
    })
  })
})
