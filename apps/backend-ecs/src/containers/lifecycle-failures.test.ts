import type Docker from 'dockerode'
import { expect, test, vi } from 'vitest'
import { failuresOf, outcomeOf } from '../__fixtures__/faults-of.ts'
import { leftIn } from '../__fixtures__/left-in.ts'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'
import { makeFileSystem } from '../__fixtures__/start-with-file-system.ts'

/** All that a container on a network with a volume costs beside what the network does. */
const CALLS = [
  'CreateAccessPoint',
  'DescribeTaskDefinition',
  'RegisterTaskDefinition',
  'Logs_20140328.CreateLogGroup',
  'RunTask',
  'DescribeTasks',
  'Route53AutoNaming_v20170314.ListServices',
  'Route53AutoNaming_v20170314.CreateService',
  'Route53AutoNaming_v20170314.RegisterInstance',
  'StopTask',
  'TagResource',
  'Route53AutoNaming_v20170314.DeregisterInstance',
  'Route53AutoNaming_v20170314.DeleteService',
]
const REFUSED = 'refused'
const FAILURES = failuresOf(CALLS).filter(({ how }) => [REFUSED, 'carried out once, unheard'].includes(how))

const start = () => startSimulatedBackend({ ecs: makeFileSystem })

test.each(FAILURES)(
  'where $operation fails ($how), a container can be taken away without a trace once the call works',
  async ({ begin }) => {
    const { dockerode, emulator, create, tasks } = await start()
    await dockerode.createNetwork({ Name: 'one' })
    const recover = begin(emulator)
    const made = await outcomeOf(create({ HostConfig: { NetworkMode: 'one', Binds: ['data:/data'] } }, 'web'))
    const container = dockerode.getContainer('web')
    const outcomes = [made]
    const steps: readonly (() => Promise<unknown>)[] = [
      () => container.start(),
      () => container.stop(),
      () => container.remove(),
    ]
    for (const step of steps) {
      if (outcomes.at(-1) === 'done') outcomes.push(await outcomeOf(step()))
    }
    for (const outcome of outcomes) expect(outcome).toMatch(/^done$|grant the permission|try again/)
    recover()
    await removeAll(dockerode)
    // What nobody waits for is tried again every ten seconds.
    await vi.waitFor(async () => expect(await leftIn({ emulator })).toEqual([]), { timeout: 20_000, interval: 200 })
    expect(await tasks()).toEqual([])
  },
)

test('where AWS refuses to show the task, nobody waits for its end without a word', async () => {
  const { dockerode, emulator, create } = await start()
  const container = await create({ HostConfig: { Binds: ['data:/data'] } }, 'web')
  await container.start()
  const [refusal] = failuresOf(['DescribeTasks'])
  const recover = refusal?.begin(emulator)
  expect(await outcomeOf(container.stop())).toMatch(/grant the permission/)
  expect(await outcomeOf(container.remove({ force: true }))).toMatch(/grant the permission/)
  recover?.()
  await dockerode.getContainer('web').remove({ force: true })
  await dockerode.getVolume('data').remove()
  expect(await leftIn({ emulator })).toEqual([])
})

test('a container with --rm goes when AWS is there again, and a busy Cloud Map is waited for', async () => {
  const { dockerode, emulator, create } = await start()
  await dockerode.createNetwork({ Name: 'one' })
  const deregister = 'Route53AutoNaming_v20170314.DeregisterInstance'
  const container = await create({ HostConfig: { AutoRemove: true, NetworkMode: 'one' } }, 'web')
  await container.start()
  const busy = { kind: 'error', type: 'DuplicateRequest', message: 'Another operation is in progress.' } as const
  emulator.control.injectFault({ operation: deregister, fault: busy, times: 6 })
  await container.stop()
  await container.wait({ condition: 'removed' }).catch(() => undefined)
  expect(await dockerode.listContainers({ all: true })).toEqual([])

  const other = await create({ HostConfig: { AutoRemove: true, NetworkMode: 'one' } }, 'web')
  await other.start()
  const [refusal] = failuresOf([deregister])
  const recover = refusal?.begin(emulator)
  const calls = () => emulator.control.counters().calls[deregister] ?? 0
  const before = calls()
  await other.stop()
  // Each of its two names, as the run ends and as the container goes.
  await vi.waitFor(() => expect(calls()).toBeGreaterThanOrEqual(before + 4))
  recover?.()
  await vi.waitFor(async () => expect(await dockerode.listContainers({ all: true })).toEqual([]), { timeout: 20_000 })
  await dockerode.getNetwork('one').remove()
  expect(await leftIn({ emulator })).toEqual([])
})

async function removeAll(dockerode: Docker): Promise<void> {
  for (const { Id } of await dockerode.listContainers({ all: true }))
    await dockerode.getContainer(Id).remove({ force: true })
  for (const { Name } of (await dockerode.listVolumes()).Volumes) await dockerode.getVolume(Name).remove()
  await dockerode.getNetwork('one').remove()
}
