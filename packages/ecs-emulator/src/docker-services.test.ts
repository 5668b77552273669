import { StopTaskCommand, type Task, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { NO_ENGINE } from '@landlord/test-engine'
import { describe, expect, it } from 'vitest'
import { present } from './__fixtures__/start-account.ts'
import { containersOf, engine, greetingOf, startDockerAccount } from './__fixtures__/start-docker-account.ts'

const shop = { cluster: 'fleet', service: 'shop' }
const patient = { timeout: 60_000, interval: 50 }
/** The engine may be busy with other people's containers. */
const slow = { timeout: 180_000 }
const completed = { deployments: [{ status: 'PRIMARY', rolloutState: 'COMPLETED' }] }
const skipped = engine === undefined ? ` (${NO_ENGINE})` : ''

describe.skipIf(engine === undefined)(`a service of real containers${skipped}`, slow, () => {
  it('answers at the address of its interface, and is gone after close', async () => {
    const { register, create, service, tasks, emulator } = await startDockerAccount()
    await register()
    await create({ desiredCount: 2 })
    await expect.poll(service, patient).toMatchObject({ runningCount: 2, ...completed })
    const running = await tasks()
    expect(await Promise.all(running.map(greetingOf))).toEqual(['hello', 'hello'])
    expect((await containersOf(running)).size).toBeGreaterThan(0)
    await emulator.close()
    expect(await containersOf(running)).toEqual(new Map())
  })

  it('has at least one task that answers all through an update', async () => {
    const { register, create, service, tasks, ecs } = await startDockerAccount()
    await register()
    await create()
    await expect.poll(service, patient).toMatchObject(completed)
    const [before] = await tasks()
    await register([{ environment: [{ name: 'GREETING', value: 'good day' }] }])
    await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web' }))
    const heard = new Set<string>()
    const running = async (): Promise<Task[]> => (await tasks()).filter(({ lastStatus }) => lastStatus === 'RUNNING')
    const listen = async (): Promise<unknown> => {
      const asked = await running()
      const greetings = (await Promise.all(asked.map(greetingOf))).filter((greeting) => greeting !== undefined)
      // Who was asked may have been replaced meanwhile; if not, somebody must have answered.
      const now = await running()
      const same = now.map(({ taskArn }) => taskArn).join() === asked.map(({ taskArn }) => taskArn).join()
      if (same) expect(greetings).not.toEqual([])
      for (const greeting of greetings) heard.add(greeting)
      return await service()
    }
    await expect.poll(listen, patient).toMatchObject({ ...completed, runningCount: 1 })
    expect([...heard]).toEqual(['hello', 'good day'])
    await expect.poll(async () => await containersOf([present(before)]), patient).toEqual(new Map())
  })

  it('gets a new task when a container is killed, although nobody asks the emulator', async () => {
    // Slow enough that the dead task is cleaned up long before the new one is due: only a timer can bring that about.
    const { register, create, service, tasks, docker, task } = await startDockerAccount({ speed: 10 })
    await register()
    await create()
    await expect.poll(service, patient).toMatchObject(completed)
    const [killed] = await tasks()
    const id = present((await containersOf([present(killed)])).get('app'))
    const others = async (): Promise<number> => {
      const filters = { label: ['com.amazonaws.ecs.task-definition-family=web', 'ecs-emulator.scope'] }
      const found = await docker.listContainers({ filters })
      return found.filter((container) => container.Id !== id && container.Labels['ecs-emulator.scope'] === scope).length
    }
    const scope = (await docker.getContainer(id).inspect()).Config.Labels['ecs-emulator.scope']
    await docker.getContainer(id).kill()
    await expect.poll(others, patient).toBe(1)
    expect(await task(present(killed?.taskArn))).toMatchObject({
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 137, lastStatus: 'STOPPED' }],
    })
    await expect.poll(async () => await Promise.all((await tasks()).map(greetingOf)), patient).toEqual(['hello'])
  })

  it('rolls back an image that does not exist', async () => {
    const { register, create, service, tasks, ecs } = await startDockerAccount()
    await register()
    await create({ deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } })
    await expect.poll(service, patient).toMatchObject(completed)
    await register([{ image: '127.0.0.1:9/nothing/here:1' }])
    await ecs.send(new UpdateServiceCommand({ ...shop, taskDefinition: 'web' }))
    await expect
      .poll(async () => (await service()).events?.map(({ message }) => message).join(), patient)
      .toContain('rolling back to deployment')
    await expect.poll(service, patient).toMatchObject({ ...completed, taskDefinition: expect.stringMatching(/web:1$/) })
    const failed = (await tasks('STOPPED')).filter(({ stopCode }) => stopCode === 'TaskFailedToStart')
    expect(failed[0]?.stoppedReason).toMatch(/^CannotPullContainerError: Error response from daemon: .*127\.0\.0\.1:9/)
    expect(await Promise.all((await tasks()).map(greetingOf))).toEqual(['hello'])
  })

  it('stops with SIGTERM and the time that the definition gives', async () => {
    const { register, run, task, ecs } = await startDockerAccount()
    const polite = { entryPoint: ['sh', '-c'], command: ["trap 'exit 42' TERM; while true; do sleep 0.05; done"] }
    const deaf = {
      entryPoint: ['sh', '-c'],
      command: ["trap '' TERM; while true; do sleep 0.05; done"],
      stopTimeout: 1,
    }
    await register([polite, { ...deaf, name: 'deaf', portMappings: [] }])
    const arn = await run()
    await expect.poll(async () => await task(arn), patient).toMatchObject({ lastStatus: 'RUNNING' })
    const { task: stopping } = await ecs.send(new StopTaskCommand({ cluster: 'fleet', task: arn, reason: 'enough' }))
    expect(stopping).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'STOPPED' })
    await expect
      .poll(async () => await task(arn), patient)
      .toMatchObject({
        lastStatus: 'STOPPED',
        stopCode: 'UserInitiated',
        stoppedReason: 'enough',
        containers: [
          { name: 'app', exitCode: 42 },
          { name: 'deaf', exitCode: 137 },
        ],
      })
    expect(await containersOf([{ taskArn: arn }])).toEqual(new Map())
  })
})
