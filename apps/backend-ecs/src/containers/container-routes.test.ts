import { ListTasksCommand } from '@aws-sdk/client-ecs'
import { NO_ENGINE } from '@landlord/test-engine'
import { expect, test } from 'vitest'
import { hasDockerCli } from '../__fixtures__/run-docker-cli.ts'
import { engine, startTestBackend, type TestBackend } from '../__fixtures__/start-test-backend.ts'

const isRunnable = engine !== undefined && hasDockerCli
const withCli = test.skipIf(!isRunnable)
const needs = isRunnable ? '' : ` (${NO_ENGINE}, or there is no docker command line)`

/** Of the account, whoever started them. */
async function runningTasks({ ecs }: TestBackend): Promise<string[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'sockerless', desiredStatus: 'RUNNING' }))
  return taskArns
}

withCli(`docker run -d, ps, inspect, stop, start, wait and rm${needs}`, async () => {
  const backend = await startTestBackend()
  const { docker, image } = backend
  const run = await docker([
    'run',
    '-d',
    '--name',
    'web',
    '--label',
    'team=a',
    image,
    'sh',
    '-c',
    'trap "exit 3" TERM; while :; do sleep 0.1; done',
  ])
  expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[0-9a-f]{64}\n$/) })
  const id = run.stdout.trim()

  expect((await docker(['ps', '--format', '{{.Names}} {{.State}} {{.Status}}'])).stdout).toMatch(
    /^web running Up .*\n$/,
  )
  expect((await docker(['ps', '-q', '--filter', 'label=team=a'])).stdout).toBe(`${id.slice(0, 12)}\n`)
  expect((await docker(['ps', '-q', '--filter', 'label=team=b'])).stdout).toBe('')
  const format = '{{.State.Running}} {{.Config.Image}} {{.HostConfig.Memory}} {{.NetworkSettings.IPAddress}}'
  expect((await docker(['inspect', '--format', format, 'web'])).stdout).toMatch(`true ${image} 536870912 127.`)

  expect(await docker(['stop', 'web'])).toMatchObject({ exitCode: 0, stdout: 'web\n' })
  expect((await docker(['ps', '-a', '--format', '{{.Status}}'])).stdout).toMatch(/^Exited \(3\)/)
  expect((await docker(['wait', 'web'])).stdout).toBe('3\n')
  expect(await runningTasks(backend)).toEqual([])

  expect(await docker(['start', 'web'])).toMatchObject({ exitCode: 0 })
  expect((await docker(['rm', 'web'])).stderr).toContain(
    'container is running: stop the container before removing or force remove',
  )
  expect(await docker(['rm', '-f', 'web'])).toMatchObject({ exitCode: 0 })
  expect(await docker(['ps', '-aq'])).toMatchObject({ stdout: '' })
  expect(await runningTasks(backend)).toEqual([])
  expect((await docker(['inspect', 'web'])).stderr).toMatch(/No such object: web/)
})

withCli(`docker kill and restart${needs}`, async () => {
  const backend = await startTestBackend()
  const { docker, image } = backend
  // The main process of a container is not ended by TERM: KILL follows after this time.
  const timeout = ['--stop-timeout', '2']
  await docker(['run', '-d', '--name', 'web', ...timeout, image, 'sh', '-c', 'echo started; exec sleep 1000'])
  const read = async (format: string) => (await docker(['inspect', '--format', format, 'web'])).stdout.trim()
  const [id, firstStart] = [await read('{{.Id}}'), await read('{{.State.StartedAt}}')]
  expect(await docker(['kill', '-s', 'HUP', 'web'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is not supported on ECS'),
  })
  expect(await read('{{.State.Running}}')).toBe('true')

  expect(await docker(['restart', '-t', '1', 'web'])).toMatchObject({ exitCode: 0, stdout: 'web\n' })
  expect(await read('{{.Id}} {{.State.Running}}')).toBe(`${id} true`)
  expect(await read('{{.State.StartedAt}}')).not.toBe(firstStart)
  expect(await runningTasks(backend)).toHaveLength(1)

  expect(await docker(['kill', 'web'])).toMatchObject({ exitCode: 0, stdout: 'web\n' })
  expect(await docker(['wait', 'web'])).toMatchObject({ stdout: '137\n' })
  expect(await docker(['kill', 'web'])).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('is not running'),
  })
  expect((await docker(['logs', 'web'])).stdout).toBe('started\nstarted\n')
})

withCli(`exit codes are Docker's own${needs}`, async () => {
  const { docker, image } = await startTestBackend()
  await docker(['pull', image])
  const created = await docker(['create', image, 'sh', '-c', 'exit 7'])
  const id = created.stdout.trim()
  expect((await docker(['start', id])).exitCode).toBe(0)
  expect((await docker(['wait', id])).stdout).toBe('7\n')
  const missing = await docker(['run', '-d', image, 'no-such-command'])
  expect(missing).toMatchObject({ exitCode: 127, stderr: expect.stringContaining('executable file not found') })
  expect((await docker(['ps', '-a', '--filter', 'status=created', '--format', '{{.Command}}'])).stdout).toBe(
    '"no-such-command"\n',
  )
})

withCli(`names are unique, can be changed, and are checked${needs}`, async () => {
  const { docker, dockerode, image } = await startTestBackend()
  await docker(['pull', image])
  const attempts = await Promise.allSettled(
    Array.from({ length: 8 }, () =>
      dockerode.createContainer({ _query: { name: 'one' }, _body: { Image: image } } as never),
    ),
  )
  expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = attempts.find((attempt) => attempt.status === 'rejected')
  expect(refused?.reason).toMatchObject({
    statusCode: 409,
    message: expect.stringContaining('The container name "/one" is already in use'),
  })
  expect(await docker(['rename', 'one', 'two'])).toMatchObject({ exitCode: 0 })
  expect((await docker(['rename', 'two', 'two'])).stderr).toContain('same name')
  expect((await docker(['create', '--name', '-x', image])).stderr).toContain('Invalid container name')
  expect((await docker(['create', '--name', 'three', 'no-such-image:1'])).exitCode).not.toBe(0)
})

withCli(`--rm removes the container when it has ended${needs}`, async () => {
  const { docker, dockerode, image } = await startTestBackend()
  const { stdout } = await docker(['run', '-d', '--rm', image, 'sh', '-c', 'sleep 1; exit 5'])
  const container = dockerode.getContainer(stdout.trim())
  expect(await container.wait({ condition: 'removed' })).toMatchObject({ StatusCode: 5 })
  await expect(container.inspect()).rejects.toMatchObject({ statusCode: 404 })
})

withCli(`what ECS cannot do is refused by name, and leaves nothing behind${needs}`, async () => {
  const backend = await startTestBackend()
  const { docker, image } = backend
  await docker(['pull', image])
  for (const [flags, name] of [
    [['--privileged'], '--privileged'],
    [['--network', 'host'], '--network host'],
    [['-v', '/etc:/etc'], 'host path /etc'],
    [['--device', '/dev/null'], '--device'],
    [['-p', '8080:80'], '--publish 8080:80/tcp'],
    [['--hostname', 'x'], '--hostname'],
    [['--cap-add', 'NET_ADMIN'], '--cap-add NET_ADMIN'],
  ] as const) {
    const result = await docker(['create', ...flags, image])
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(name) })
  }
  expect((await docker(['ps', '-aq'])).stdout).toBe('')
})

withCli(
  `a backend that was stopped knows its containers, and one that has lost its state finds them${needs}`,
  async () => {
    const backend = await startTestBackend()
    const { docker, image, restart } = backend
    const environment = ['-e', 'SECRET=hunter2', '--label', 'team=a']
    const running = (await docker(['run', '-d', '--name', 'web', ...environment, image, 'sleep', '600'])).stdout.trim()
    await docker(['run', '-d', '--name', 'done', image, 'sh', '-c', 'exit 4'])
    await docker(['wait', 'done'])
    await docker(['create', '--name', 'new', image])

    await restart()
    expect((await docker(['ps', '-a', '--format', '{{.Names}} {{.State}}'])).stdout.split('\n').toSorted()).toEqual([
      '',
      'done exited',
      'new created',
      'web running',
    ])
    await restart({ forget: true })
    expect((await docker(['ps', '--no-trunc', '--format', '{{.ID}} {{.Names}}'])).stdout).toBe(`${running} web\n`)
    expect((await docker(['inspect', '--format', '{{.State.ExitCode}}', 'done'])).stdout).toBe('4\n')
    expect(
      (await docker(['inspect', '--format', '{{.Config.Labels.team}} {{index .Config.Env 0}} {{.Config.Cmd}}', 'web']))
        .stdout,
    ).toBe('a SECRET=hunter2 [sleep 600]\n')
    expect(await docker(['rm', '-f', 'web'])).toMatchObject({ exitCode: 0 })
    expect(await runningTasks(backend)).toEqual([])
  },
)

withCli(`two backends share a cluster and do not see each other's containers${needs}`, async () => {
  const one = await startTestBackend()
  const two = await startTestBackend({ beside: one })
  await one.docker(['run', '-d', '--name', 'web', one.image, 'sleep', '600'])
  expect((await two.docker(['ps', '-aq'])).stdout).toBe('')
  await two.docker(['run', '-d', '--name', 'web', one.image, 'sleep', '600'])
  await two.restart({ forget: true })
  expect((await two.docker(['ps', '-q'])).stdout.split('\n')).toHaveLength(2)
  await one.restart()
  expect(await runningTasks(one)).toHaveLength(2)
  for (const { docker } of [one, two]) await docker(['rm', '-f', 'web'])
  expect(await runningTasks(one)).toEqual([])
})
