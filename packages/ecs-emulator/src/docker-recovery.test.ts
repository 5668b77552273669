import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ExecuteCommandCommand } from '@aws-sdk/client-ecs'
import { NO_ENGINE } from '@landlord/test-engine'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSession } from './__fixtures__/open-session.ts'
import { present } from './__fixtures__/start-account.ts'
import {
  accountAt,
  containersOf,
  type DockerAccount,
  engine,
  greetingOf,
  startDockerAccount,
} from './__fixtures__/start-docker-account.ts'
import { startEmulatorProcess } from './__fixtures__/start-emulator-process.ts'
import { createManualClock, startEcsEmulator } from './index.ts'

const patient = { timeout: 60_000, interval: 50 }
/** The engine may be busy with other people's containers. */
const slow = { timeout: 180_000 }
const completed = { deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] }
const skipped = engine === undefined ? ` (${NO_ENGINE})` : ''

/** With a state file close leaves the containers. */
async function emptyOut({ emulator, tasks }: DockerAccount): Promise<void> {
  const all = [...(await tasks()), ...(await tasks('STOPPED'))]
  await emulator.close()
  const { docker } = present(engine)
  for (const { taskArn } of all) {
    const filters = { label: [`com.amazonaws.ecs.task-arn=${taskArn}`] }
    const found = await docker.listContainers({ all: true, filters })
    await Promise.all(found.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })))
  }
}

async function stateFileOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'state.json')
}

describe.skipIf(engine === undefined)(`after an emulator with real containers${skipped}`, slow, () => {
  it('was killed, the next one removes what it left', async () => {
    const { kill, url } = await startEmulatorProcess(
      ['--runtime', 'docker', '--speed', '60'],
      present(engine).socketPath,
    )
    const account = await accountAt(url)
    await account.register()
    await account.create()
    await expect.poll(account.service, patient).toMatchObject(completed)
    const left = await account.tasks()
    expect((await containersOf(left)).size).toBe(1)
    await kill()
    await startDockerAccount()
    await expect.poll(async () => await containersOf(left), patient).toEqual(new Map())
  })

  it('was killed, the next one with its state file goes on with the tasks that live and replaces the dead', async () => {
    const stateFile = await stateFileOf()
    const flags = ['--runtime', 'docker', '--speed', '60', '--state-file', stateFile]
    const { kill, url } = await startEmulatorProcess(flags, present(engine).socketPath)
    const account = await accountAt(url)
    await account.register()
    await account.create({ desiredCount: 2 })
    await expect.poll(account.service, patient).toMatchObject({ ...completed, runningCount: 2 })
    const [living, dying] = await account.tasks()
    await kill()
    const victim = present((await containersOf([present(dying)])).get('app'))
    await present(engine).docker.getContainer(victim).remove({ force: true })

    const next = await startDockerAccount({ stateFile })
    onTestFinished(() => emptyOut(next))
    await expect.poll(async () => (await next.task(present(dying?.taskArn))).lastStatus, patient).toBe('STOPPED')
    await expect.poll(next.service, patient).toMatchObject({ runningCount: 2 })
    const running = await next.tasks()
    expect(running.map(({ taskArn }) => taskArn)).toContain(living?.taskArn)
    expect(await next.tasks('STOPPED')).toMatchObject([{ taskArn: dying?.taskArn }])
    await expect.poll(async () => await Promise.all(running.map(greetingOf)), patient).toEqual(['hello', 'hello'])
  })

  it('was killed, the next one with its state file ends what its sessions have left', async () => {
    const stateFile = await stateFileOf()
    const flags = ['--runtime', 'docker', '--speed', '60', '--state-file', stateFile]
    const { kill, url } = await startEmulatorProcess(flags, present(engine).socketPath)
    const account = await accountAt(url)
    await account.register()
    await account.create({ enableExecuteCommand: true })
    await expect.poll(account.service, patient).toMatchObject(completed)
    const task = present((await account.tasks())[0]?.taskArn)
    const { session } = await account.ecs.send(
      new ExecuteCommandCommand({ cluster: 'fleet', task, command: 'sleep 4713', interactive: true }),
    )
    await openSession(session)
    const container = present(engine).docker.getContainer(
      present((await containersOf(await account.tasks())).get('app')),
    )
    const processes = async () => JSON.stringify((await container.top()).Processes)
    await expect.poll(processes, patient).toContain('sleep 4713')
    await kill()
    expect(await processes()).toContain('sleep 4713')
    const next = await startDockerAccount({ stateFile })
    onTestFinished(() => emptyOut(next))
    await expect.poll(processes, patient).not.toContain('sleep 4713')
    expect(await next.tasks()).toMatchObject([{ taskArn: task, lastStatus: 'RUNNING' }])
  })

  it('was closed, its tasks live on where a state file tells of them', async () => {
    const stateFile = await stateFileOf()
    const first = await startDockerAccount({ stateFile })
    await first.register()
    await first.create()
    await expect.poll(first.service, patient).toMatchObject(completed)
    const [task] = await first.tasks()
    await first.emulator.close()
    expect(await greetingOf(present(task))).toBe('hello')

    const second = await startDockerAccount({ stateFile })
    onTestFinished(() => emptyOut(second))
    expect(await second.tasks()).toMatchObject([{ taskArn: task?.taskArn, lastStatus: 'RUNNING' }])
    const id = present((await containersOf([present(task)])).get('app'))
    await present(engine).docker.getContainer(id).kill()
    await expect.poll(async () => (await second.task(present(task?.taskArn))).lastStatus, patient).toBe('STOPPED')
  })
})

describe('the docker runtime', () => {
  it('refuses a clock that stands still', async () => {
    const settings = { runtime: 'docker' as const, clock: createManualClock() }
    await expect(startEcsEmulator(settings)).rejects.toThrow('needs a clock that runs')
  })

  it('says so when no engine answers', async () => {
    const settings = { runtime: 'docker' as const, docker: { host: 'unix:///nowhere/docker.sock' } }
    await expect(startEcsEmulator(settings)).rejects.toThrow(
      /needs a Docker Engine, and none answers at unix:\/\/\/nowhere\/docker\.sock .* use the simulated runtime/,
    )
  })
})
