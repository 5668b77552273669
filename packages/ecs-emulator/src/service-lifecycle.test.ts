import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { present, SERVICE, startAccount } from './__fixtures__/start-account.ts'

const shop = { cluster: 'fleet', service: 'shop' }

describe('a new service', () => {
  it('is echoed with the defaults and an unfinished first deployment', async () => {
    const { create } = await startAccount()
    const created = await create()
    expect(created).toMatchObject({
      status: 'ACTIVE',
      platformVersion: 'LATEST',
      availabilityZoneRebalancing: 'ENABLED',
      events: [],
      deploymentConfiguration: { strategy: 'ROLLING', bakeTimeInMinutes: 0, maximumPercent: 200 },
      deployments: [{ status: 'PRIMARY', rolloutState: 'IN_PROGRESS', platformVersion: '1.4.0' }],
    })
    expect(created.deploymentConfiguration?.deploymentCircuitBreaker).toMatchObject({ enable: false, rollback: false })
  })

  it('runs after 22 s and completes about 7 s later', async () => {
    const { create, pass, service, events } = await startAccount()
    const created = await create()
    pass(22)
    expect(await service()).toMatchObject({ runningCount: 0, pendingCount: 2 })
    pass(1)
    const inProgress = { runningCount: 2, deployments: [{ rolloutState: 'IN_PROGRESS' }] }
    expect(await service()).toMatchObject(inProgress)
    pass(6)
    expect(await service()).toMatchObject(inProgress)
    pass(1)
    expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'COMPLETED' }] })
    const id = created.deployments?.[0]?.id
    expect(await events()).toEqual([
      '(service shop) has reached a steady state.',
      `(service shop) (deployment ${id}) deployment completed.`,
      expect.stringMatching(/^\(service shop\) has started 2 tasks: \(task [0-9a-f]{32}\) \(task [0-9a-f]{32}\)\.$/),
    ])
  })

  it('is in progress for a while even when nothing is to run', async () => {
    const { create, pass, service } = await startAccount()
    await create({ desiredCount: 0 })
    pass(14)
    expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'IN_PROGRESS' }] })
    pass(6)
    expect(await service()).toMatchObject({ deployments: [{ rolloutState: 'COMPLETED' }] })
  })

  it('is recognised by token and parameters only', async () => {
    const { create, ecs } = await startAccount()
    const created = await create({ clientToken: 'one' })
    expect((await create({ clientToken: 'one' })).serviceArn).toBe(created.serviceArn)
    for (const difference of [{ clientToken: 'two' }, {}, { clientToken: 'one', desiredCount: 3 }]) {
      await expect(ecs.send(new CreateServiceCommand({ ...SERVICE, ...difference }))).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'Creation of service was not idempotent.',
      })
    }
  })
})

describe('an update', () => {
  it('starts the new tasks before it stops the old ones', async () => {
    const { create, pass, register, ecs, service } = await startAccount()
    const created = await create()
    pass(40)
    await register()
    const { service: updated } = await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web' }))
    expect(updated?.deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', id: created.deployments?.[0]?.id },
    ])
    const seen: number[] = []
    for (let second = 0; second < 60; second += 1) {
      pass(1)
      seen.push(present((await service()).runningCount))
    }
    expect(Math.min(...seen)).toBe(2)
    expect(Math.max(...seen)).toBe(4)
    const after = await service()
    expect(after.deployments).toMatchObject([{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }])
    expect(after.taskDefinition).toMatch(/web:2$/)
  })

  it('waits for the old task to be gone where no surge is allowed', async () => {
    const { create, pass, ecs, tasks } = await startAccount()
    await create({ desiredCount: 1, deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 0 } })
    pass(40)
    await ecs.send(new UpdateServiceCommand({ ...shop, forceNewDeployment: true }))
    pass(24)
    expect(await tasks()).toEqual([])
    pass(3)
    expect(await tasks()).toMatchObject([{ lastStatus: 'PROVISIONING' }])
  })

  it('says so when the percentages allow no move', async () => {
    const { create, pass, ecs, events } = await startAccount()
    await create({ desiredCount: 1, deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } })
    pass(40)
    await ecs.send(new UpdateServiceCommand({ ...shop, forceNewDeployment: true }))
    pass(600)
    expect((await events())[0]).toContain('because of the service deployment configuration')
  })

  it('of the count alone starts no deployment', async () => {
    const { create, pass, ecs, service } = await startAccount()
    const created = await create()
    pass(40)
    await ecs.send(new UpdateServiceCommand({ ...shop, desiredCount: 1 }))
    pass(40)
    expect(await service()).toMatchObject({
      runningCount: 1,
      deployments: [{ id: created.deployments?.[0]?.id, rolloutState: 'COMPLETED' }],
    })
  })

  it('of a strategy must be forced', async () => {
    const { create, ecs } = await startAccount()
    await create()
    const input = { ...shop, capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
    await expect(ecs.send(new UpdateServiceCommand(input))).rejects.toThrow('you must force a new deployment')
    const forced = await ecs.send(new UpdateServiceCommand({ ...input, forceNewDeployment: true }))
    expect(forced.service?.launchType).toBeUndefined()
    expect(forced.service?.capacityProviderStrategy).toMatchObject([{ capacityProvider: 'FARGATE_SPOT' }])
  })
})

describe('a deletion', () => {
  it('drains, refuses what must wait, and leaves an inactive service', async () => {
    const { create, pass, ecs, service } = await startAccount()
    await create()
    pass(40)
    await expect(ecs.send(new DeleteServiceCommand(shop))).rejects.toThrow('while it is scaled above 0')
    const deleted = await ecs.send(new DeleteServiceCommand({ ...shop, force: true }))
    expect(deleted.service?.status).toBe('DRAINING')
    expect((await ecs.send(new ListServicesCommand({ cluster: 'fleet' }))).serviceArns).toEqual([])
    await expect(ecs.send(new UpdateServiceCommand({ ...shop, desiredCount: 1 }))).rejects.toMatchObject({
      name: 'ServiceNotActiveException',
      message: 'Service was not ACTIVE.',
    })
    await expect(ecs.send(new CreateServiceCommand(SERVICE))).rejects.toThrow('still Draining')
    expect((await ecs.send(new DeleteServiceCommand({ ...shop, force: true }))).service?.status).toBe('DRAINING')
    pass(55)
    expect((await service()).status).toBe('DRAINING')
    pass(4)
    expect(await service()).toMatchObject({ status: 'INACTIVE', events: [], deployments: [{ status: 'PRIMARY' }] })
    expect((await create()).status).toBe('ACTIVE')
  })

  it('drains also when nothing runs, and is forgotten in the end', async () => {
    const { create, pass, ecs, service } = await startAccount()
    await create({ desiredCount: 0 })
    expect((await ecs.send(new DeleteServiceCommand(shop))).service?.status).toBe('DRAINING')
    pass(60)
    expect((await service()).status).toBe('INACTIVE')
    pass(3600)
    const { services, failures } = await ecs.send(new DescribeServicesCommand({ ...shop, services: ['shop'] }))
    expect(services).toEqual([])
    expect(failures).toMatchObject([{ reason: 'MISSING' }])
  })
})

it('echoes deployment alarms and goes on without them', async () => {
  const { create, pass, service } = await startAccount()
  const alarms = { alarmNames: ['errors'], enable: true, rollback: true }
  await create({ deploymentConfiguration: { alarms } })
  pass(40)
  expect(await service()).toMatchObject({
    deploymentConfiguration: { alarms, maximumPercent: 200 },
    deployments: [{ rolloutState: 'COMPLETED' }],
  })
})
