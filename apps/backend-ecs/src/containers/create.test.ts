import { DescribeTasksCommand } from '@aws-sdk/client-ecs'
import { expect, test } from 'vitest'
import { outcomeOf } from '../__fixtures__/faults-of.ts'
import { leftIn } from '../__fixtures__/left-in.ts'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'
import { makeFileSystem } from '../__fixtures__/start-with-file-system.ts'

const throttled = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const

test.each([
  ['volume', /volume is in use|^done$/],
  ['network', /being removed|not found|^done$/],
  ['image', /No such image|^done$/],
] as const)('a %s is not removed from under a container that is being created', async (kind, expected) => {
  const { dockerode, emulator, create, image } = await startSimulatedBackend({ ecs: makeFileSystem })
  await dockerode.createVolume({ Name: 'data' })
  await dockerode.createNetwork({ Name: 'one' })
  const { calls } = emulator.control.counters()
  emulator.control.injectFault({ operation: 'RegisterTaskDefinition', fault: throttled, times: 2 })
  const creating = outcomeOf(create({ HostConfig: { Binds: ['data:/data'], NetworkMode: 'one' } }, 'web'))
  await expect
    .poll(() => emulator.control.counters().calls.RegisterTaskDefinition, { interval: 5 })
    .toBeGreaterThan(calls.RegisterTaskDefinition ?? 0)
  const removals = {
    volume: () => dockerode.getVolume('data').remove(),
    network: () => dockerode.getNetwork('one').remove(),
    image: () => dockerode.getImage(image).remove(),
  }
  const outcomes = [await outcomeOf(removals[kind]()), await creating]
  // One of the two, and never both.
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1)
  for (const outcome of outcomes) expect(outcome).toMatch(expected)
})

test('what ECS cannot do is refused before a volume is made', async () => {
  const { emulator, create } = await startSimulatedBackend({ ecs: makeFileSystem })
  const HostConfig = { Binds: ['data:/data'], Ulimits: [{ Name: 'nproc', Soft: 1, Hard: 1 }] }
  expect(await outcomeOf(create({ HostConfig }))).toMatch(/--ulimit nproc is not supported/)
  expect(await outcomeOf(create({ OpenStdin: true, AttachStdin: true }))).toMatch(/--interactive is not supported/)
  expect(await leftIn({ emulator })).toEqual([])
})

test('a volume that comes with its container has the labels of the mount', async () => {
  const { dockerode, create } = await startSimulatedBackend({ ecs: makeFileSystem })
  const mount = { Type: 'volume', Source: 'data', Target: '/data', VolumeOptions: { Labels: { team: 'a' } } }
  await create({ HostConfig: { Mounts: [mount] } })
  expect((await dockerode.getVolume('data').inspect()).Labels).toEqual({ team: 'a' })
})

test('a command may be one word', async () => {
  const { create } = await startSimulatedBackend()
  const container = await create({ Entrypoint: 'sh', Cmd: 'x' })
  expect((await container.inspect()).Config).toMatchObject({ Entrypoint: ['sh'], Cmd: ['x'] })
  expect(await outcomeOf(create({ Cmd: [1] }))).toMatch(/Cmd must be a list of words/)
})

test('a container looks names up in the networks that it has when it starts', async () => {
  const { dockerode, ecs, create, tasks } = await startSimulatedBackend()
  await dockerode.createNetwork({ Name: 'one' })
  const container = await create({}, 'web')
  const own = await create({ Env: ['LOCALDOMAIN=mine'] }, 'own')
  for (const { id } of [container, own]) await dockerode.getNetwork('one').connect({ Container: id })
  const environments = async () => {
    const described = await ecs.send(new DescribeTasksCommand({ cluster: 'sockerless', tasks: await tasks() }))
    return described.tasks?.map(({ overrides }) => overrides?.containerOverrides?.[0]?.environment)
  }
  await container.start()
  expect(await environments()).toEqual([[{ name: 'LOCALDOMAIN', value: 'one' }]])
  await container.remove({ force: true })
  await own.start()
  expect(await environments()).toEqual([undefined])
})
