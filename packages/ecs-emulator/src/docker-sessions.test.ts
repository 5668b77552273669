import {
  ExecuteCommandCommand,
  type ExecuteCommandCommandInput,
  type ExecuteCommandResponse,
} from '@aws-sdk/client-ecs'
import { NO_ENGINE } from '@landlord/test-engine'
import Docker from 'dockerode'
import { describe, expect, it } from 'vitest'
import { openSession, type TestSession } from './__fixtures__/open-session.ts'
import { present } from './__fixtures__/start-account.ts'
import { containersOf, type DockerAccount, engine, startDockerAccount } from './__fixtures__/start-docker-account.ts'
import type { EcsEmulatorSettings } from './index.ts'

const patient = { timeout: 60_000, interval: 50 }
/** The engine may be busy with other people's containers. */
const slow = { timeout: 180_000 }
const skipped = engine === undefined ? ` (${NO_ENGINE})` : ''

interface RunningTask {
  readonly account: DockerAccount
  readonly taskArn: string
  readonly containerId: () => Promise<string>
  readonly execute: (input?: Partial<ExecuteCommandCommandInput>) => Promise<ExecuteCommandResponse>
  /** A session with that command. */
  readonly open: (command: string) => Promise<TestSession>
}

async function startTask(
  containers?: Parameters<DockerAccount['register']>[0],
  settings?: EcsEmulatorSettings,
): Promise<RunningTask> {
  const account = await startDockerAccount(settings)
  await account.register(containers)
  const taskArn = await account.run({ enableExecuteCommand: true })
  await expect.poll(async () => (await account.task(taskArn)).lastStatus, patient).toBe('RUNNING')
  const execute: RunningTask['execute'] = async (input = {}) =>
    await account.ecs.send(
      new ExecuteCommandCommand({ cluster: 'fleet', task: taskArn, interactive: true, command: 'sh', ...input }),
    )
  return {
    account,
    taskArn,
    execute,
    open: async (command) => await openSession((await execute({ command })).session),
    containerId: async () => present((await containersOf([await account.task(taskArn)])).get('app')),
  }
}

/** Command lines of all that runs in a container. */
async function processesOf({ account, containerId }: RunningTask): Promise<string> {
  const { Processes } = await account.docker.getContainer(await containerId()).top()
  return JSON.stringify(Processes)
}

describe.skipIf(engine === undefined)(`a session with a real container${skipped}`, slow, () => {
  it('runs a command without a shell, shows what it says and ends with it', async () => {
    const { execute, taskArn } = await startTask()
    const answer = await execute({ command: `printf '%s|' "two words" three $HOME` })
    expect(answer).toMatchObject({
      clusterArn: expect.stringMatching(/:cluster\/fleet$/),
      containerArn: expect.stringMatching(/:container\/fleet\/[0-9a-f]{32}\/app$/),
      containerName: 'app',
      interactive: true,
      taskArn,
      session: {
        sessionId: expect.stringMatching(/^ecs-execute-command-[0-9a-f]{17}$/),
        streamUrl: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/v1\/data-channel\/ecs-execute-command-/),
      },
    })
    const session = await openSession(answer.session)
    expect(await session.ended).toEqual({ output: '' })
    expect(session.output()).toBe('two words|three|$HOME|')
  })

  it('gives the user a terminal of their size, as root', async () => {
    const { open } = await startTask([{ user: '1000', environment: [{ name: 'LANG', value: 'de_DE.UTF-8' }] }])
    const session = await open('sh')
    session.resize({ rows: 33, cols: 77 })
    session.type('busybox stty size; echo "uid $(id -u) in $TERM, $LANG"\n')
    await expect.poll(session.output, patient).toContain('33 77')
    await expect.poll(session.output, patient).toContain('uid 0 in xterm-256color, de_DE.UTF-8')
    session.type('exit 3\n')
    expect(await session.ended).toEqual({ output: '' })
  })

  it('keeps the size that the client tells before the engine takes one, ahead of what is typed after it', async () => {
    const docker = new Docker()
    const dial: typeof docker.modem.dial = docker.modem.dial.bind(docker.modem)
    let refusals = 0
    docker.modem.dial = (request, callback) => {
      const isRefused = request.path.includes('/resize') && refusals < 2
      if (isRefused) refusals += 1
      return isRefused ? callback?.(new Error('timeout waiting for exec session ready'), null) : dial(request, callback)
    }
    const { open } = await startTask(undefined, { docker })
    const session = await open('sh')
    // As the client said on opening.
    session.type('busybox stty size\n')
    await expect.poll(session.output, patient).toContain('24 80')
    expect(refusals).toBe(2)
    refusals = 0
    session.resize({ rows: 33, cols: 77 })
    session.type('busybox stty size\n')
    await expect.poll(session.output, patient).toContain('33 77')
    expect(refusals).toBe(2)
  })

  it('delivers everything that a command writes, in order', async () => {
    const { open } = await startTask()
    const session = await open('seq 1 100000')
    expect(await session.ended).toEqual({ output: '' })
    const numbers = Array.from({ length: 100_000 }, (_, index) => index + 1)
    expect(session.output().split('\r\n')).toEqual([...numbers.map(String), ''])
  })

  it('says why a command cannot be started', async () => {
    const { open } = await startTask()
    const missing = await open('/bin/nope')
    expect(await missing.ended).toEqual({ output: '' })
    expect(missing.output()).toContain('/bin/nope: no such file or directory')
    const unclosed = await open('echo "open')
    expect(await unclosed.ended).toEqual({
      output: expect.stringMatching(/^-+ERROR-+\nUnable to start command: Failed to parse commands input: /),
    })
  })

  it('takes a token once, and for its session only', async () => {
    const { execute } = await startTask()
    const [first, second] = [await execute({ command: 'echo first' }), await execute({ command: 'echo second' })]
    const foreign = await openSession(first.session, present(second.session?.tokenValue))
    expect(await foreign.ended).toEqual({ code: 1008 })
    const session = await openSession(first.session)
    expect(await session.ended).toEqual({ output: '' })
    const again = await openSession(first.session)
    expect(await again.ended).toEqual({ code: 1008 })
    expect([foreign.output(), session.output(), again.output()]).toEqual(['', 'first\r\n', ''])
  })

  it('leaves nothing running when the client hangs up', async () => {
    const task = await startTask()
    const session = await task.open(`sh -c 'sleep 4711 & trap "" HUP TERM; sleep 4712'`)
    await expect.poll(() => processesOf(task), patient).toMatch(/sleep 4711.*sleep 4712|sleep 4712.*sleep 4711/)
    session.hangUp()
    await expect.poll(() => processesOf(task), patient).not.toMatch(/sleep 471[12]/)
    expect(await task.account.task(task.taskArn)).toMatchObject({ lastStatus: 'RUNNING' })
  })

  it('ends when its container does', async () => {
    const { open, account, containerId } = await startTask()
    const session = await open('sh')
    session.type('echo ready\n')
    await expect.poll(session.output, patient).toContain('\nready')
    await account.docker.getContainer(await containerId()).kill()
    expect(await session.ended).toEqual({ output: '' })
  })

  it('ends when the emulator is closed', async () => {
    const { open, account } = await startTask()
    const session = await open('sh')
    await account.emulator.close()
    expect(await session.ended).toEqual({ output: '' })
  })

  it('is refused where AWS refuses it', async () => {
    const { account, execute } = await startTask([
      {},
      { name: 'fixed', portMappings: [], entryPoint: ['sleep'], command: ['600'], readonlyRootFilesystem: true },
      { name: 'done', portMappings: [], entryPoint: ['true'], command: [], essential: false },
    ])
    const invalid = (message: string) => ({ name: 'InvalidParameterException', message })
    const notEnabled = invalid(expect.stringContaining('execute command was not enabled when the task was run'))
    await expect(execute({ interactive: false, container: 'app' })).rejects.toMatchObject(
      invalid('Interactive is the only mode supported currently.'),
    )
    await expect(execute()).rejects.toMatchObject(invalid(expect.stringContaining('several containers')))
    await expect(execute({ container: 'other' })).rejects.toMatchObject(invalid('The task has no container other.'))
    await expect(execute({ container: 'fixed' })).rejects.toMatchObject({ name: 'TargetNotConnectedException' })
    await expect
      .poll(() => execute({ container: 'done' }).catch((error: unknown) => error), patient)
      .toMatchObject(notEnabled)
    await expect(execute({ task: 'short' })).rejects.toMatchObject(invalid('task length should be one of [32,36]'))
    await expect(execute({ task: '0'.repeat(32) })).rejects.toMatchObject(invalid('The referenced task was not found.'))
    const closed = await account.run()
    await expect(execute({ task: closed, container: 'app' })).rejects.toMatchObject(notEnabled)
    await expect.poll(async () => (await account.task(closed)).lastStatus, patient).toBe('RUNNING')
    await expect(execute({ task: closed, container: 'app' })).rejects.toMatchObject(notEnabled)
  })
})
