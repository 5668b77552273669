import { CreateServiceCommand, DeleteServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { operation, startTimedFleet, type Tenant, type TimedFleet } from './__fixtures__/start-fleet.ts'
import { MAX_USER_TAGS } from './provider-tags.ts'

let fleet: TimedFleet
beforeEach(async () => {
  fleet = await startTimedFleet()
})
afterEach(() => fleet.close())

async function running(options: Parameters<TimedFleet['tenant']>[0] = {}): Promise<Tenant> {
  const tenant = fleet.tenant(options)
  await tenant.provision({ operationId: 'first' })
  await tenant.settle()
  fleet.emulator.control.resetCounters()
  return tenant
}

const calls = () => fleet.emulator.control.counters().calls
const definitionOf = async ({ serviceName }: Tenant) => (await fleet.service(serviceName))?.taskDefinition

describe('a message that arrives late', () => {
  it('of the creation, after an update: changes nothing back', async () => {
    const tenant = await running()
    const { spec } = tenant
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    await tenant.settle()
    await fleet.provider().provision(spec, operation({ operationId: 'first' }))
    expect(await definitionOf(tenant)).toBe(fleet.web[1])
    expect(calls()).toMatchObject({ UpdateService: 1 })
  })

  it('with the handle of an operation before: tells of what runs now, and finds nothing to change', async () => {
    const tenant = await running()
    const before = tenant.ref()
    await tenant.update({ providerConfig: fleet.config({ task_definition_arn: fleet.web[1] }) })
    await tenant.settle()
    const stale = { ...tenant.ref(), resourceIds: before.resourceIds }
    const provider = fleet.provider()
    const status = await provider.getStatus(stale, operation())
    expect(status).toMatchObject({ state: 'running', settled: true, metadata: { task_definition: fleet.web[1] } })
    const spec = { ...tenant.spec, providerConfig: stale.providerConfig }
    expect(await provider.update(stale, spec, operation({ generation: 2 }))).toMatchObject({ status: 'no_changes' })
    expect(calls().UpdateService).toBe(1)
  })

  it('of the destruction, with the handle of long ago: finds nothing left', async () => {
    const tenant = await running()
    const before = tenant.ref()
    await tenant.gone()
    const deletes = calls().DeleteService
    fleet.pass(3600)
    expect(await fleet.provider().destroy(before, operation())).toMatchObject({ status: 'destroyed' })
    expect(calls().DeleteService).toBe(deletes)
  })
})

describe('what somebody else does by hand', () => {
  it('to the service: an update to the same configuration puts right exactly that', async () => {
    const tenant = await running()
    const at = { cluster: 'fleet', service: tenant.serviceName }
    await fleet.ecs.send(new UpdateServiceCommand({ ...at, taskDefinition: 'web:2', enableExecuteCommand: true }))
    const { status, changes } = await tenant.update({})
    expect(status).toBe('in_progress')
    expect(changes.map(({ path }) => path).toSorted()).toEqual(['/enable_execute_command', '/task_definition_arn'])
    expect((await tenant.settle()).state).toBe('running')
    expect(await fleet.service(tenant.serviceName)).toMatchObject({
      taskDefinition: fleet.web[0],
      enableExecuteCommand: false,
    })
  })

  it('in place of the service: one of the same name without our marks stays as it is', async () => {
    const tenant = await running()
    const { serviceName } = tenant
    await fleet.ecs.send(new DeleteServiceCommand({ cluster: 'fleet', service: serviceName, force: true }))
    fleet.pass(200)
    await fleet.ecs.send(
      new CreateServiceCommand({
        ...{ cluster: 'fleet', serviceName, taskDefinition: 'web:1', desiredCount: 1, launchType: 'FARGATE' },
        networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
      }),
    )
    const before = fleet.writes()
    await expect(tenant.status()).rejects.toMatchObject({ code: 'tenant_not_found' })
    await expect(tenant.update({})).rejects.toMatchObject({ code: 'conflict' })
    expect(await tenant.destroy()).toMatchObject({ status: 'destroyed' })
    expect(fleet.writes()).toBe(before)
    expect((await fleet.service(serviceName))?.status).toBe('ACTIVE')
  })
})

describe('a tenant at the limits of what AWS takes', () => {
  const tags = Object.fromEntries(
    Array.from({ length: MAX_USER_TAGS }, (_, index) => [`key-${index}`.padEnd(128, 'k'), 'v'.repeat(256)]),
  )

  it.each([
    ['of 255 characters', 'x'.repeat(255)],
    ['of other scripts', 'Kundin Müller № 7 — 東京 🏢'],
  ])('has an id %s and as many tags as there may be, and lives through all operations', async (_case, tenantId) => {
    const tenant = fleet.tenant({ config: fleet.config({ tags }), spec: { tenantId } })
    await tenant.provision()
    expect((await tenant.settle()).state).toBe('running')
    const owned = []
    for await (const each of fleet.provider().listOwned?.(operation()) ?? []) owned.push(each)
    expect(owned).toMatchObject([{ tenantId, name: expect.stringMatching(/^landlord-tenant-[A-Za-z0-9_-]+$/) }])
    await tenant.update({ restartToken: 'one' })
    await tenant.settle()
    await tenant.update({ suspended: true })
    expect((await tenant.settle()).state).toBe('stopped')
    await tenant.update({ suspended: false, restartToken: 'two' })
    expect((await tenant.settle()).state).toBe('running')
    await tenant.gone()
  })

  it('has a service ARN of the old short form in its handle', async () => {
    const tenant = await running()
    const { resourceIds, ...ref } = tenant.ref()
    const service_arn = resourceIds.service_arn?.replace('service/fleet/', 'service/') ?? ''
    const old = { ...ref, resourceIds: { ...resourceIds, service_arn } }
    expect(await fleet.provider().getStatus(old, operation())).toMatchObject({ state: 'running', settled: true })
    expect(await fleet.provider().destroy(old, operation())).toMatchObject({ status: 'in_progress' })
    expect(calls().DeleteService).toBe(1)
  })
})
