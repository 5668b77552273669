import { CloudWatchLogsClient, DescribeLogStreamsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs'
import { expect, onTestFinished, test } from 'vitest'
import { outcomeOf } from '../__fixtures__/faults-of.ts'
import { type SimulatedBackend, startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

/** Task definitions and log streams of the account. */
function accountOf({ ecs, emulator, settings }: SimulatedBackend) {
  const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
  const logs = new CloudWatchLogsClient({ endpoint: emulator.url, region: emulator.region, credentials })
  onTestFinished(() => logs.destroy())
  return async (): Promise<{ definitions: number; streams: number }> => {
    const { taskDefinitionArns = [] } = await ecs.send(new ListTaskDefinitionsCommand({ status: 'ACTIVE' }))
    const request = new DescribeLogStreamsCommand({ logGroupName: settings.ecs.log_group })
    const { logStreams = [] } = await logs.send(request).catch(() => ({ logStreams: [] }))
    return { definitions: taskDefinitionArns.length, streams: logStreams.length }
  }
}

test('a removed container leaves no task definition and no log stream for long', async () => {
  const backend = await startSimulatedBackend({ watchTimings: { leftoversMs: 500 } })
  backend.emulator.control.scriptTasks({ behaviour: { kind: 'run', logs: ['one'] } })
  const left = accountOf(backend)
  const container = await backend.create()
  await container.start()
  expect(await left()).toEqual({ definitions: 1, streams: 1 })
  await container.remove({ force: true })
  await expect.poll(left, { timeout: 10_000 }).toEqual({ definitions: 0, streams: 0 })
})

test('a container that could not be made after all leaves no task definition', async () => {
  const backend = await startSimulatedBackend({ watchTimings: { leftoversMs: 500 } })
  const left = accountOf(backend)
  const throttled = { kind: 'error', type: 'ThrottlingException', message: 'Rate exceeded' } as const
  backend.emulator.control.injectFault({ operation: 'RegisterTaskDefinition', fault: throttled, times: 1 })
  const creating = [backend.create({ Env: ['A=1'] }, 'web'), backend.create({ Env: ['A=2'] }, 'web')].map(outcomeOf)
  expect((await Promise.all(creating)).filter((outcome) => outcome === 'done')).toHaveLength(1)
  await expect.poll(left, { timeout: 10_000 }).toMatchObject({ definitions: 1 })
  await backend.dockerode.getContainer('web').remove()
  await expect.poll(left, { timeout: 10_000 }).toMatchObject({ definitions: 0 })
})
