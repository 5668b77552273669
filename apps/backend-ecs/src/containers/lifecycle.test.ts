import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  DeregisterTaskDefinitionCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListTaskDefinitionsCommand,
} from '@aws-sdk/client-ecs'
import { ListInstancesCommand, ListServicesCommand, ServiceDiscoveryClient } from '@aws-sdk/client-servicediscovery'
import type Docker from 'dockerode'
import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf } from '../__fixtures__/faults-of.ts'
import { type SimulatedBackend, startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'
import { makeFileSystem } from '../__fixtures__/start-with-file-system.ts'

const CREDENTIALS = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

const exit = (exitCode: number, afterSeconds = 0) => ({ kind: 'exit', afterSeconds, exitCode }) as const
const withPolicy = (Name: string, MaximumRetryCount = 0) => ({
  HostConfig: { RestartPolicy: { Name, MaximumRetryCount } },
})

/** Actions of events, in order, as far as the n-th of a kind, which may be still to come. */
async function actionsOf(
  { dockerode }: SimulatedBackend,
  container: Docker.Container,
  last: string,
  times = 1,
): Promise<string[]> {
  const stream = await dockerode.getEvents({ since: 1, filters: { container: [container.id] } })
  const actions: string[] = []
  for await (const line of createInterface({ input: stream as Readable })) {
    actions.push((JSON.parse(line) as { Action: string }).Action)
    if (actions.filter((action) => action === last).length === times) break
  }
  return actions
}

/** A start has reached ECS when there is a task of it. */
async function untilOne(tasks: () => Promise<string[]>): Promise<void> {
  while ((await tasks()).length === 0);
}

test('on-failure:2 runs a failing container three times', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: exit(1) })
  const container = await backend.create(withPolicy('on-failure', 2))
  await container.start()
  expect((await actionsOf(backend, container, 'die', 3)).filter((action) => action === 'start')).toHaveLength(3)
  expect(await container.inspect()).toMatchObject({ RestartCount: 2, State: { Status: 'exited', ExitCode: 1 } })
  expect(backend.emulator.control.counters().calls.RunTask).toBe(3)
})

test('always starts a container again, also after a restart of the backend, until somebody stops it', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: exit(0, 30), times: 1 })
  const container = await backend.create(withPolicy('always'))
  await container.start()
  await actionsOf(backend, container, 'die')
  await backend.restart()
  await actionsOf(backend, container, 'start', 2)
  expect(await container.inspect()).toMatchObject({ RestartCount: 1, State: { Status: 'running' } })
  await container.stop()
  expect(await container.inspect()).toMatchObject({ State: { Status: 'exited' } })
  await container.remove()

  // In the pause between two runs.
  backend.emulator.control.scriptTasks({ behaviour: exit(0), times: 1 })
  const other = await backend.create(withPolicy('unless-stopped'))
  await other.start()
  await actionsOf(backend, other, 'die')
  expect((await other.inspect()).State).toMatchObject({ Status: 'restarting', Restarting: true })
  await other.stop()
  await other.remove()
  expect(await backend.tasks()).toEqual([])
})

test.each([
  [withPolicy('sometimes'), 'invalid restart policy'],
  [{ HostConfig: { AutoRemove: true, RestartPolicy: { Name: 'always' } } }, "can't create 'AutoRemove' container"],
  [{ NetworkingConfig: { EndpointsConfig: { bridge: { IPAMConfig: { IPv4Address: '10.0.0.9' } } } } }, '--ip'],
])('%o is refused', async (options, message) => {
  const { create } = await startSimulatedBackend()
  await expect(create(options)).rejects.toMatchObject({ json: { message: expect.stringContaining(message) } })
})

test('events tell of a life in the order of Docker', async () => {
  const backend = await startSimulatedBackend()
  const container = await backend.create({ Healthcheck: { Test: ['CMD', 'true'] } }, 'web')
  await container.start()
  expect((await container.inspect()).State.Health?.Status).toBe('starting')
  expect(await actionsOf(backend, container, 'health_status: healthy')).toEqual([
    'create',
    'start',
    'health_status: healthy',
  ])
  const { tasks } = backend
  backend.emulator.control.setTaskHealth((await tasks())[0] ?? '', 'UNHEALTHY')
  expect(await actionsOf(backend, container, 'health_status: unhealthy')).toHaveLength(4)
  expect((await container.inspect()).State.Health?.Status).toBe('unhealthy')
  await container.rename({ name: 'www' })
  await container.restart()
  await container.stop()
  await container.remove()
  expect((await actionsOf(backend, container, 'destroy')).slice(4)).toEqual([
    ...['rename', 'kill', 'die', 'stop', 'start', 'restart'],
    ...['kill', 'die', 'stop', 'destroy'],
  ])
})

test('a fast container has started and died', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: exit(0) })
  const container = await backend.create()
  await container.start()
  expect(await actionsOf(backend, container, 'die')).toEqual(['create', 'start', 'die'])
})

test('stop, kill and start of what does not run, or runs already, are answered as by Docker', async () => {
  const { create } = await startSimulatedBackend()
  const container = await create({}, 'web')
  await expect(container.stop()).rejects.toMatchObject({ statusCode: 304 })
  await expect(container.kill()).rejects.toMatchObject({
    statusCode: 409,
    json: { message: expect.stringContaining('is not running') },
  })
  await container.start()
  await expect(container.start()).rejects.toMatchObject({ statusCode: 304 })
  await expect(container.kill({ signal: 'SIGHUP' })).rejects.toMatchObject({
    statusCode: 501,
    json: { message: expect.stringContaining('SIGHUP') },
  })
  await container.kill({ signal: 'SIGTERM' })
  await container.wait()
  await container.remove()
  await expect(container.remove({ force: true })).rejects.toMatchObject({ statusCode: 404 })
})

test('a container that is stopped while it starts does not run', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', startSeconds: 3600 } })
  const container = await backend.create({}, 'web')
  const start = container.start()
  start.catch(() => undefined)
  // Once it is live, a stop has something to do.
  for (;;) {
    const stopped = await container.stop().then(
      () => true,
      (error: { statusCode: number }) => error.statusCode !== 304,
    )
    if (stopped) break
  }
  await expect(start).rejects.toMatchObject({ statusCode: 409 })
  expect(await backend.tasks()).toEqual([])
})

test('what a client asked for is finished when the client has gone', async () => {
  const backend = await startSimulatedBackend()
  const container = await backend.create()
  const gone = new AbortController()
  container.start({ abortSignal: gone.signal }).catch(() => undefined)
  await untilOne(backend.tasks)
  gone.abort()
  await actionsOf(backend, container, 'start')
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
})

test('a container with --rm outlives its restart, and goes with its end', async () => {
  const { dockerode, create } = await startSimulatedBackend()
  const container = await create({ HostConfig: { AutoRemove: true } })
  await container.start()
  await container.restart()
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
  await container.stop()
  await container.wait({ condition: 'removed' }).catch(() => undefined)
  expect(await dockerode.listContainers({ all: true })).toEqual([])
})

test('a start goes on over a restart of the backend', async () => {
  const backend = await startSimulatedBackend({ settings: { shutdown_grace_seconds: 0.2 } })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', startSeconds: 120 } })
  const container = await backend.create()
  const start = container.start().catch((error: { statusCode: number }) => error.statusCode)
  await untilOne(backend.tasks)
  await backend.restart()
  expect(await start).toBe(503)
  await container.start().catch((error: { statusCode: number }) => expect(error.statusCode).toBe(304))
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
  expect(backend.emulator.control.counters().calls.RunTask).toBe(1)
})

test('what is under way when the backend stops is finished, and streams end at once', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', startSeconds: 120 } })
  const [container, other] = [await backend.create(), await backend.create()]
  await other.start()
  const following = other.logs({ follow: true, stdout: true }).then((stream) => text(stream))
  const starting = outcomeOf(container.start())
  await expect.poll(() => backend.tasks()).toHaveLength(2)
  await backend.restart()
  expect(await starting).toBe('done')
  expect(await following).toBe('')
})

test('a stop that takes longer than a stopping backend waits goes on without it', async () => {
  const backend = await startSimulatedBackend({ settings: { shutdown_grace_seconds: 0.2 } })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', ignoresSigterm: true } })
  const container = await backend.create({ StopTimeout: 120 })
  await container.start()
  const { calls } = backend.emulator.control.counters()
  const stopping = outcomeOf(container.stop())
  await expect.poll(() => backend.emulator.control.counters().calls.StopTask ?? 0).toBeGreaterThan(calls.StopTask ?? 0)
  await backend.restart()
  expect(await stopping).toMatch(/503.*the container goes on ending|socket hang up/)
  await expect.poll(async () => (await container.inspect()).State.Status, { timeout: 10_000 }).toBe('exited')
})

test('backends that ask for the same have a task definition each', async () => {
  const one = await startSimulatedBackend()
  const two = await startSimulatedBackend({ beside: one })
  for (const { create } of [one, two, one]) await create()
  expect(one.emulator.control.counters().calls.RegisterTaskDefinition).toBe(2)
})

test('a task definition that somebody else has deregistered is registered again', async () => {
  const backend = await startSimulatedBackend()
  const { ecs, create, emulator } = backend
  const [one, two] = [await create({ Cmd: ['a'] }), await create({ Cmd: ['a'] })]
  const families = await ecs.send(new ListTaskDefinitionsCommand({}))
  for (const taskDefinition of families.taskDefinitionArns ?? [])
    await ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition }))
  await Promise.all([one.start(), two.start()])
  const another = await create({ Cmd: ['a'] })
  await another.start()
  expect(await backend.tasks()).toHaveLength(3)
  expect(emulator.control.counters().calls.RegisterTaskDefinition).toBe(2)
})

test('a volume is free when the container that was removed by force has ended', async () => {
  const backend = await startSimulatedBackend({ ecs: makeFileSystem })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', ignoresSigterm: true } })
  const container = await backend.create({ StopTimeout: 60, HostConfig: { Binds: ['data:/data'] } })
  await container.start()
  const tasks = await backend.tasks()
  await container.remove({ force: true })
  const { tasks: [task] = [] } = await backend.ecs.send(new DescribeTasksCommand({ cluster: 'sockerless', tasks }))
  expect(task?.containers).toMatchObject([{ lastStatus: 'STOPPED', exitCode: 137 }])
})

test('of several removals at once one is carried out', async () => {
  const { create } = await startSimulatedBackend()
  const container = await create()
  await container.start()
  const removals = await Promise.allSettled([1, 2, 3].map(() => container.remove({ force: true })))
  expect(removals.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const removal of removals) {
    if (removal.status === 'rejected') expect([404, 409]).toContain(removal.reason.statusCode)
  }
})

test('names on a network that a running container was connected to go with its run', async () => {
  const backend = await startSimulatedBackend()
  const { emulator, dockerode } = backend
  const cloudMap = new ServiceDiscoveryClient({
    endpoint: emulator.url,
    region: emulator.region,
    credentials: CREDENTIALS,
  })
  onTestFinished(() => cloudMap.destroy())
  const network = await dockerode.createNetwork({ Name: 'net' })
  const container = await backend.create({}, 'web')
  await container.start()
  await network.connect({ Container: 'web' })
  const { Services = [] } = await cloudMap.send(new ListServicesCommand({}))
  const service = Services.find(({ Name }) => Name === 'web')?.Id
  const instances = async () => (await cloudMap.send(new ListInstancesCommand({ ServiceId: service }))).Instances ?? []
  expect(await instances()).toHaveLength(1)
  await container.kill()
  await container.wait()
  // What is under way is finished first.
  await backend.restart()
  expect(await instances().catch(() => [])).toEqual([])
})

test('prune removes what does not run, as far as its filters mean it', async () => {
  const { create, dockerode } = await startSimulatedBackend()
  const running = await create({ Labels: { team: 'a' } })
  await running.start()
  const [mine, other, third] = await Promise.all(
    [{ team: 'a' }, { team: 'b' }, { team: 'a', keep: '1' }].map((Labels) => create({ Labels })),
  )
  const prune = async (filters: object) =>
    (await dockerode.pruneContainers({ filters: JSON.stringify(filters) as never })).ContainersDeleted
  await expect(prune({ nonsense: ['1'] })).rejects.toMatchObject({ statusCode: 400 })
  expect(await prune({ until: ['24h'] })).toEqual([])
  expect(await prune({ label: ['team=a'], 'label!': ['keep'] })).toEqual([mine?.id])
  expect(new Set(await prune({ until: ['0s'] }))).toEqual(new Set([other?.id, third?.id]))
  expect(await dockerode.listContainers({ all: true })).toHaveLength(1)
})

test('update changes the restart policy, and refuses what a task cannot change', async () => {
  const { create } = await startSimulatedBackend()
  const container = await create()
  await container.update({ RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } })
  expect((await container.inspect()).HostConfig.RestartPolicy).toEqual({ Name: 'on-failure', MaximumRetryCount: 2 })
  await container.update({})
  expect((await container.inspect()).HostConfig.RestartPolicy).toMatchObject({ Name: 'on-failure' })
  await expect(container.update({ Memory: 1e9 })).rejects.toMatchObject({
    statusCode: 501,
    json: { message: expect.stringContaining('Memory') },
  })
})

test('a signal that ECS does not send is refused', async () => {
  const { create } = await startSimulatedBackend()
  const container = await create()
  await container.start()
  await expect(container.stop({ signal: 'SIGINT' } as never)).rejects.toMatchObject({
    statusCode: 501,
    json: { message: expect.stringContaining('stop --signal SIGINT') },
  })
  await container.stop({ signal: 'SIGTERM' } as never)
})

test.each(['pause', 'unpause', 'stats', 'changes', 'export'] as const)(
  '%s is refused with the reason',
  async (verb) => {
    const { create } = await startSimulatedBackend()
    const container = await create()
    const call = container[verb] as () => Promise<unknown>
    await expect(call.call(container)).rejects.toMatchObject({ statusCode: 501 })
  },
)

test('tasks carry the tags by which their containers are found, and no exec where there is no role for it', async () => {
  const backend = await startSimulatedBackend({ ecs: { task_role_arn: undefined as never } })
  const container = await backend.create({ Labels: { team: 'a' } }, 'web')
  await container.start()
  const { tasks: [task] = [] } = await backend.ecs.send(
    new DescribeTasksCommand({ cluster: 'sockerless', tasks: await backend.tasks(), include: ['TAGS'] }),
  )
  expect(task).toMatchObject({ launchType: 'FARGATE', enableExecuteCommand: false })
  expect(Object.fromEntries((task?.tags ?? []).map(({ key, value }) => [key, value]))).toMatchObject({
    'sockerless-container-id': container.id,
    'sockerless-container-name': 'web',
    'sockerless-run': '1',
  })
  // It may be wanted again in a moment.
  await container.remove({ force: true })
  const { taskDefinition } = await backend.ecs.send(
    new DescribeTaskDefinitionCommand({ taskDefinition: task?.taskDefinitionArn }),
  )
  expect(taskDefinition?.status).toBe('ACTIVE')
})
