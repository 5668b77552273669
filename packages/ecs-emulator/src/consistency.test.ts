import {
  CreateServiceCommand,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  ListTasksCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { SERVICE, startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const shop = { cluster: 'fleet', service: 'shop' }
const update = new UpdateServiceCommand({ ...shop, desiredCount: 1 })
const remove = new DeleteServiceCommand({ ...shop, force: true })
const notFound = { name: 'ServiceNotFoundException' }

async function shown({ ecs }: TestAccount): Promise<string | undefined> {
  const { services, failures } = await ecs.send(new DescribeServicesCommand({ cluster: 'fleet', services: ['shop'] }))
  return services?.[0] === undefined ? failures?.[0]?.reason : `${services[0].status} ${services[0].desiredCount}`
}

describe('a stale answer', () => {
  it('does not know a fresh service, for so many updates and deletes', async () => {
    const { ecs, emulator, create } = await startAccount()
    for (const operation of ['UpdateService', 'DeleteService']) {
      emulator.control.injectFault({ operation, fault: { kind: 'stale' } })
    }
    await create()
    await expect(ecs.send(update)).rejects.toMatchObject(notFound)
    expect((await ecs.send(update)).service?.desiredCount).toBe(1)
    await expect(ecs.send(remove)).rejects.toMatchObject(notFound)
    expect((await ecs.send(remove)).service?.status).toBe('DRAINING')
  })

  it('does not hide a service that was there before', async () => {
    const { ecs, emulator, create } = await startAccount()
    await create()
    emulator.control.injectFault({ operation: 'UpdateService', fault: { kind: 'stale' } })
    expect((await ecs.send(update)).service?.desiredCount).toBe(1)
  })
})

describe('a consistency lag', () => {
  it('lets reads see what was there so many seconds ago', async () => {
    const account = await startAccount()
    const { ecs, emulator, create, pass } = account
    emulator.control.setConsistencyLag({ seconds: 30 })
    await create()
    expect(await shown(account)).toBe('MISSING')
    expect((await ecs.send(new ListServicesCommand({ cluster: 'fleet' }))).serviceArns).toEqual([])
    pass(29)
    expect(await shown(account)).toBe('MISSING')
    pass(1)
    expect(await shown(account)).toBe('ACTIVE 2')
    await ecs.send(update)
    expect(await shown(account)).toBe('ACTIVE 2')
    pass(30)
    expect(await shown(account)).toBe('ACTIVE 1')
  })

  it('shows each state of the scheduler as late, also after a long silence', async () => {
    const account = await startAccount()
    const { emulator, create, pass, service } = account
    await create()
    emulator.control.setConsistencyLag({ seconds: 10 })
    pass(31)
    expect((await service()).runningCount).toBe(0)
    pass(2)
    expect((await service()).runningCount).toBe(2)
  })

  it('hides a fresh service from updates, deletes and lists, but not from a second create', async () => {
    const { ecs, emulator, create, pass } = await startAccount()
    emulator.control.setConsistencyLag({ seconds: 30 })
    await create()
    await expect(ecs.send(update)).rejects.toMatchObject(notFound)
    await expect(ecs.send(remove)).rejects.toMatchObject(notFound)
    await expect(ecs.send(new ListTasksCommand({ cluster: 'fleet', serviceName: 'shop' }))).rejects.toMatchObject(
      notFound,
    )
    await expect(ecs.send(new CreateServiceCommand(SERVICE))).rejects.toThrow('not idempotent')
    pass(30)
    expect((await ecs.send(remove)).service?.status).toBe('DRAINING')
  })

  it('ends on request', async () => {
    const account = await startAccount()
    const { emulator, create } = account
    emulator.control.setConsistencyLag({ seconds: 30 })
    await create()
    emulator.control.setConsistencyLag({ seconds: 0 })
    expect(await shown(account)).toBe('ACTIVE 2')
    expect(() => emulator.control.setConsistencyLag({ seconds: -1 })).toThrow(TypeError)
  })
})

describe('quirks', () => {
  it('make a service look stable before anything runs', async () => {
    const { emulator, create, service, tasks } = await startAccount()
    emulator.control.setQuirks({ instantStability: true })
    const stable = {
      runningCount: 2,
      pendingCount: 0,
      deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 }],
    }
    expect(await create()).toMatchObject(stable)
    expect(await service()).toMatchObject(stable)
    expect(await tasks()).toEqual([])
    emulator.control.setQuirks({})
    expect(await service()).toMatchObject({ runningCount: 0, deployments: [{ rolloutState: 'IN_PROGRESS' }] })
  })

  it('make a deleted service inactive while its tasks still stop', async () => {
    const account = await startAccount()
    const { ecs, emulator, create, pass, tasks } = account
    await create()
    pass(40)
    emulator.control.setQuirks({ noDraining: true })
    expect((await ecs.send(remove)).service?.status).toBe('INACTIVE')
    expect(await shown(account)).toBe('INACTIVE 0')
    expect((await tasks('STOPPED')).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING'])
    await create()
    expect(await shown(account)).toBe('ACTIVE 2')
  })

  it('are switched over HTTP as well', async () => {
    const { emulator, create, service } = await startAccount()
    const post = async (action: string, body: unknown) =>
      (await fetch(`${emulator.url}/_emulator/${action}`, { method: 'POST', body: JSON.stringify(body) })).status
    expect(await post('quirks', { instantStability: true })).toBe(200)
    await create()
    expect((await service()).runningCount).toBe(2)
    expect(await post('quirks', { slow: true })).toBe(400)
    expect(await post('consistency', { seconds: 5 })).toBe(200)
    expect(await post('consistency', { seconds: 'long' })).toBe(400)
  })
})
