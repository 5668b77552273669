import { DescribeTasksCommand, ListTasksCommand } from '@aws-sdk/client-ecs'
import { expect, test, vi } from 'vitest'
import { type CrashBench, startCrashBench } from '../__fixtures__/start-crash-bench.ts'

/** Of the account, those that are to run. */
async function tasksOf({ ecs }: CrashBench, desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING'): Promise<string[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'sockerless', desiredStatus }))
  return taskArns
}

async function createContainer({ dockerode, image }: CrashBench, options: object = {}): Promise<string> {
  const container = await dockerode.createContainer({
    _query: { name: 'web' },
    _body: { Image: image, ...options },
  } as never)
  return container.id
}

async function pull({ dockerode, image }: CrashBench): Promise<void> {
  const stream = await dockerode.pull(image)
  await new Promise((resolve) => dockerode.modem.followProgress(stream, resolve))
}

test.each(['before', 'after'] as const)('a backend that dies %s RunTask starts the container, once', async (when) => {
  const bench = await startCrashBench()
  const { dead } = await bench.start({ operation: 'RunTask', when })
  await pull(bench)
  const id = await createContainer(bench)
  await expect(bench.dockerode.getContainer(id).start()).rejects.toThrow()
  await dead
  expect(await tasksOf(bench)).toHaveLength(when === 'before' ? 0 : 1)

  await bench.start()
  // Joins the start that goes on, or finds it running.
  await bench.dockerode
    .getContainer(id)
    .start()
    .catch((error: { statusCode?: number }) => expect(error.statusCode).toBe(304))
  const { State } = await bench.dockerode.getContainer(id).inspect()
  expect(State.Status).toBe('running')
  expect(await tasksOf(bench)).toHaveLength(1)
  await bench.dockerode.getContainer(id).remove({ force: true })
  expect(await tasksOf(bench)).toEqual([])
})

const WITH_VOLUME = { HostConfig: { Binds: ['data:/data'] } }

test.each([
  ['before', {}],
  ['after', {}],
  ['before', WITH_VOLUME],
  ['after', WITH_VOLUME],
] as const)('a backend that dies %s StopTask goes on with the removal: %j', async (when, options) => {
  const bench = await startCrashBench({ hasVolumes: true })
  const { dead } = await bench.start({ operation: 'StopTask', when })
  await pull(bench)
  const id = await createContainer(bench, options)
  await bench.dockerode.getContainer(id).start()
  await expect(bench.dockerode.getContainer(id).remove({ force: true })).rejects.toThrow()
  await dead

  await bench.start()
  // The removal may be over already.
  await bench.dockerode
    .getContainer(id)
    .wait({ condition: 'removed' })
    .catch((error: { statusCode?: number }) => expect(error.statusCode).toBe(404))
  expect(await bench.dockerode.listContainers({ all: true })).toEqual([])
  expect(await tasksOf(bench)).toEqual([])
})

test.each(['before', 'after'] as const)('a backend that dies %s StopTask goes on with a stop', async (when) => {
  const bench = await startCrashBench()
  const { dead } = await bench.start({ operation: 'StopTask', when })
  await pull(bench)
  const container = bench.dockerode.getContainer(await createContainer(bench))
  await container.start()
  await expect(container.stop()).rejects.toThrow()
  await dead

  await bench.start()
  await container.wait()
  expect((await container.inspect()).State).toMatchObject({ Status: 'exited' })
  expect(await tasksOf(bench)).toEqual([])
})

test('a backend that dies in a restart of a container with --rm takes it away', async () => {
  const bench = await startCrashBench()
  const { dead } = await bench.start({ operation: 'StopTask', when: 'after' })
  await pull(bench)
  const id = await createContainer(bench, { HostConfig: { AutoRemove: true } })
  await bench.dockerode.getContainer(id).start()
  await expect(bench.dockerode.getContainer(id).restart()).rejects.toThrow()
  await dead

  await bench.start()
  await vi.waitFor(async () => expect(await bench.dockerode.listContainers({ all: true })).toEqual([]), {
    timeout: 15_000,
  })
})

test.each(['RegisterTaskDefinition', 'CreateLogGroup'])(
  'a backend that dies after %s tries again',
  async (operation) => {
    const bench = await startCrashBench()
    const { dead } = await bench.start({ operation, when: 'after' })
    await pull(bench)
    const begun = createContainer(bench).then((id) => bench.dockerode.getContainer(id).start())
    await expect(begun).rejects.toThrow()
    await dead

    await bench.start()
    const known = (await bench.dockerode.listContainers({ all: true }))[0]?.Id
    const container = bench.dockerode.getContainer(known ?? (await createContainer(bench)))
    await container.start().catch((error: { statusCode?: number }) => expect(error.statusCode).toBe(304))
    expect(await tasksOf(bench)).toHaveLength(1)
  },
)

test('a backend without its state finds its containers, in as many tries as it takes, and not those that were removed', async () => {
  const bench = await startCrashBench()
  await bench.start()
  await pull(bench)
  const id = await createContainer(bench)
  const container = bench.dockerode.getContainer(id)
  await container.start()
  await container.stop()
  await container.start()
  const [gone, ended] = await Promise.all([1, 2].map(() => bench.dockerode.createContainer({ Image: bench.image })))
  await Promise.all([gone?.start(), ended?.start()])
  await Promise.all([gone?.stop(), ended?.stop()])
  await gone?.remove()
  const running = await tasksOf(bench)

  // Once more it dies, in the middle of it.
  await bench.start()
  await bench.forget()
  await (await bench.start({ operation: 'DescribeTaskDefinition', when: 'before' })).dead
  await bench.start()
  const found = await bench.dockerode.listContainers({ all: true })
  expect(new Map(found.map(({ Id, State }) => [Id, State]))).toEqual(
    new Map([
      [id, 'running'],
      [ended?.id, 'exited'],
    ]),
  )
  expect((await container.inspect()).Name).toBe('/web')
  expect(await tasksOf(bench)).toEqual(running)

  // The next run is a new one: ECS knows the tokens of the earlier ones still.
  await container.stop()
  await container.start()
  const { tasks = [] } = await bench.ecs.send(
    new DescribeTasksCommand({ cluster: 'sockerless', tasks: await tasksOf(bench) }),
  )
  expect(tasks).toMatchObject([{ desiredStatus: 'RUNNING' }])
  expect(running).not.toContain(tasks[0]?.taskArn)
})
