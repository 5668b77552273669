import { DeleteClusterCommand } from '@aws-sdk/client-ecs'
import { expect, test, vi } from 'vitest'
import { outcomeOf } from '../__fixtures__/faults-of.ts'
import { type SimulatedBackend, startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

const error = (type: string, message: string) => ({ kind: 'error', type, message }) as const

/** What `docker start` and then `docker inspect` say. */
async function startOf(backend: SimulatedBackend, options: object = {}) {
  const container = await backend.create(options)
  const failure = await container.start().then(
    () => undefined,
    (cause: { statusCode: number; json: { message: string } }) => ({
      status: cause.statusCode,
      message: cause.json.message,
    }),
  )
  return { container, failure }
}

test.each([
  [{ kind: 'no_capacity' }, 503, /^ecs: run task: Capacity is unavailable.*give ecs.subnets in more of them/],
  [{ kind: 'pull_failure', reason: 'CannotPullContainerError: manifest unknown' }, 404, /check that the tag still/],
  [{ kind: 'pull_failure', reason: 'CannotPullContainerError: dial tcp: i/o timeout' }, 500, /NAT gateway/],
  [
    { kind: 'fail_to_start', reason: 'ResourceInitializationError: failed to validate logger args' },
    500,
    /^ResourceInitializationError.*CloudWatch Logs/,
  ],
] as const)('%o is told in words that say what to do', async (behaviour, status, message) => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour })
  const { container, failure } = await startOf(backend)
  expect(failure).toMatchObject({ status, message: expect.stringMatching(message) })
  const { State } = await container.inspect()
  expect(State).toMatchObject({ Status: 'created', ExitCode: 128, Error: expect.any(String) })
  expect(failure?.message).toContain(State.Error.split(' (')[0])
  expect(await backend.tasks()).toEqual([])

  // What was in the way has gone.
  backend.emulator.control.clearScripts()
  await container.start()
  expect((await container.inspect()).State).toMatchObject({ Status: 'running', Error: '' })
})

test.each([
  [
    'RunTask',
    error('AccessDeniedException', 'not authorized to perform: iam:PassRole'),
    500,
    /PassRole.*grant the permission/,
  ],
  [
    'DescribeTasks',
    error('AccessDeniedException', 'not authorized to perform: ecs:DescribeTasks'),
    500,
    /DescribeTasks/,
  ],
  ['RunTask', error('ThrottlingException', 'Rate exceeded'), 503, /Rate exceeded.*try again in a moment/],
  ['RunTask', error('ClusterNotFoundException', 'Cluster not found.'), 500, /ClusterNotFoundException/],
  ['RunTask', error('InvalidParameterException', 'No subnet.'), 400, /No subnet/],
] as const)('%s answering %o leaves nothing behind', async (operation, fault, status, message) => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.injectFault({ operation, fault, times: 20 })
  const { container, failure } = await startOf(backend)
  expect(failure).toMatchObject({ status, message: expect.stringMatching(message) })
  expect(await backend.tasks()).toEqual([])
  backend.emulator.control.clearScripts()
  expect((await container.inspect()).State).toMatchObject({ Running: false })
})

test('a few refusals for want of speed, and a lost answer, are not noticed', async () => {
  const backend = await startSimulatedBackend()
  const { injectFault } = backend.emulator.control
  injectFault({ operation: 'RunTask', fault: error('ThrottlingException', 'Rate exceeded'), times: 2 })
  injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' } })
  injectFault({ operation: 'DescribeTasks', fault: error('ServerException', 'Service Unavailable'), times: 2 })
  expect((await startOf(backend)).failure).toBeUndefined()
  expect(await backend.tasks()).toHaveLength(1)
})

test('reads that lag behind delay a start and spoil nothing', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.setConsistencyLag({ seconds: 60 })
  const { container, failure } = await startOf(backend)
  expect(failure).toBeUndefined()
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
  await container.stop()
  expect((await container.inspect()).State).toMatchObject({ Status: 'exited' })
})

test('where no answer arrives at all, the task is found', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' }, times: 20 })
  expect((await startOf(backend)).failure).toBeUndefined()
  expect(await backend.tasks()).toHaveLength(1)
})

test('where nobody can say whether there is a task, the next start takes the same one', async () => {
  const backend = await startSimulatedBackend()
  const { injectFault, clearScripts } = backend.emulator.control
  injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' }, times: 20 })
  injectFault({ operation: 'ListTasks', fault: { kind: 'reset' }, times: 20 })
  const { container, failure } = await startOf(backend)
  expect(failure?.status).toBe(503)
  clearScripts()
  const before = await backend.tasks()
  expect(before).toHaveLength(1)
  await container.start()
  expect(await backend.tasks()).toEqual(before)

  injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' }, times: 20 })
  injectFault({ operation: 'ListTasks', fault: { kind: 'reset' }, times: 20 })
  const other = await startOf(backend)
  clearScripts()
  await other.container.remove()
  expect(await backend.tasks()).toEqual(before)
})

test('a start after a task of an unanswered one has been ended is a new run', async () => {
  const backend = await startSimulatedBackend({ watchTimings: { lookAgainMs: 500 } })
  const { injectFault, clearScripts } = backend.emulator.control
  injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' }, times: 20 })
  injectFault({ operation: 'ListTasks', fault: { kind: 'reset' }, times: 20 })
  const { container } = await startOf(backend)
  clearScripts()
  await vi.waitFor(async () => expect(await backend.tasks()).toEqual([]), { timeout: 20_000 })
  await container.start()
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
})

test('a start without an answer is ended by the next process, and started anew', async () => {
  const backend = await startSimulatedBackend()
  const { injectFault, clearScripts } = backend.emulator.control
  injectFault({ operation: 'RunTask', fault: { kind: 'lost_reply' }, times: 20 })
  injectFault({ operation: 'ListTasks', fault: { kind: 'reset' }, times: 20 })
  const { container } = await startOf(backend)
  clearScripts()
  expect(await backend.tasks()).toHaveLength(1)
  await backend.restart()
  await expect.poll(() => backend.tasks()).toEqual([])
  await container.start()
  expect((await container.inspect()).State).toMatchObject({ Status: 'running' })
})

test('a container whose start is answered while it is removed is not found again', async () => {
  const backend = await startSimulatedBackend()
  const { injectFault } = backend.emulator.control
  const throttled = error('ThrottlingException', 'Rate exceeded')
  await backend.dockerode.createNetwork({ Name: 'one' })
  const container = await backend.create({ HostConfig: { NetworkMode: 'one' } })
  injectFault({ operation: 'RunTask', fault: throttled, times: 1 })
  injectFault({ operation: 'Route53AutoNaming_v20170314.ListServices', fault: throttled, times: 3 })
  await Promise.all([outcomeOf(container.start()), container.remove({ force: true })])
  await expect.poll(() => backend.tasks()).toEqual([])
  await backend.restart({ forget: true })
  expect(await backend.dockerode.listContainers({ all: true })).toEqual([])
})

test('a container that is removed while it starts leaves no task, though its end is refused at first', async () => {
  const backend = await startSimulatedBackend()
  const { injectFault } = backend.emulator.control
  injectFault({ operation: 'StopTask', fault: error('ThrottlingException', 'Rate exceeded'), times: 20 })
  const container = await backend.create()
  const [started] = await Promise.all([outcomeOf(container.start()), container.remove({ force: true })])
  expect(started).toMatch(/was removed before it ran|No such container/)
  backend.emulator.control.clearScripts()
  await vi.waitFor(async () => expect(await backend.tasks()).toEqual([]), { timeout: 20_000 })
})

test('docker run --rm leaves no container behind that could not start', async () => {
  const backend = await startSimulatedBackend()
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'no_capacity' }, times: 1 })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'pull_failure' }, times: 1 })
  for (let starts = 0; starts < 2; starts += 1) {
    const { container, failure } = await startOf(backend, { HostConfig: { AutoRemove: true } })
    expect(failure).toBeDefined()
    await container.wait({ condition: 'removed' }).catch(() => undefined)
  }
  expect(await backend.dockerode.listContainers({ all: true })).toEqual([])
})

test('a task that takes longer than the limit is stopped', async () => {
  const backend = await startSimulatedBackend({ ecs: { start_timeout_seconds: 1 } })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', startSeconds: 3600 } })
  const { container, failure } = await startOf(backend)
  expect(failure).toMatchObject({ status: 500, message: expect.stringContaining('did not run within 1 s') })
  expect(await backend.tasks()).toEqual([])
  await container.remove({ force: true })
})

test('a cluster that is gone is said, and the backend starts without it', async () => {
  const lines: string[] = []
  const backend = await startSimulatedBackend({ onLog: (line) => lines.push(line) })
  await backend.ecs.send(new DeleteClusterCommand({ cluster: 'sockerless' }))
  expect(lines.join('')).not.toContain('the ECS cluster does not exist')
  await backend.restart()
  await expect.poll(() => lines.join('')).toContain('the ECS cluster does not exist; make it, or correct ecs.cluster')
  const { failure } = await startOf(backend)
  expect(failure?.message).toMatch(/^ecs: run task: ClusterNotFoundException/)
})
