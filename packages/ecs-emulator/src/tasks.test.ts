import {
  DeleteClusterCommand,
  DescribeTasksCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { expect, it } from 'vitest'
import { present, SERVICE, startAccount } from './__fixtures__/start-account.ts'

const { networkConfiguration, launchType } = SERVICE
const once = { cluster: 'fleet', taskDefinition: 'web', networkConfiguration, launchType }

it('goes through its statuses with timestamps and an interface', async () => {
  const { ecs, pass } = await startAccount()
  const ran = await ecs.send(new RunTaskCommand({ ...once, startedBy: 'me' }))
  const arn = present(ran.tasks?.[0]?.taskArn)
  expect(arn).toMatch(/\/[0-9a-f]{32}$/)
  const read = async () => (await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: [arn] }))).tasks?.[0]
  expect(await read()).toMatchObject({ lastStatus: 'PROVISIONING', version: 1, group: 'family:web', startedBy: 'me' })
  pass(5)
  expect(await read()).toMatchObject({ lastStatus: 'PENDING', connectivity: 'CONNECTED' })
  pass(17)
  const running = present(await read())
  expect(running.lastStatus).toBe('RUNNING')
  expect(present(running.startedAt).getTime() - present(running.createdAt).getTime()).toBe(22_000)
  expect(running.attachments?.[0]?.details).toContainEqual({ name: 'privateIPv4Address', value: '10.0.0.10' })
})

it('is still running in the reply that stops it', async () => {
  const { ecs, pass } = await startAccount()
  const ran = await ecs.send(new RunTaskCommand({ ...once, clientToken: 'token' }))
  const task = present(ran.tasks?.[0]?.taskArn)
  pass(30)
  const stopped = await ecs.send(new StopTaskCommand({ cluster: 'fleet', task }))
  expect(stopped.task).toMatchObject({ desiredStatus: 'STOPPED', lastStatus: 'RUNNING', stopCode: 'UserInitiated' })
  pass(2)
  const read = async () => (await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: [task] }))).tasks?.[0]
  expect((await read())?.lastStatus).toBe('DEPROVISIONING')
  await expect(ecs.send(new DeleteClusterCommand({ cluster: 'fleet' }))).rejects.toMatchObject({
    name: 'ClusterContainsTasksException',
  })
  pass(24)
  expect((await read())?.lastStatus).toBe('STOPPED')
  const replayed = await ecs.send(new RunTaskCommand({ ...once, clientToken: 'token' }))
  expect(replayed.tasks).toMatchObject([{ taskArn: task, lastStatus: 'STOPPED' }])
  pass(3600)
  const { failures } = await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: [task] }))
  expect(failures).toMatchObject([{ arn: task, reason: 'MISSING' }])
})

it('is killed after its stop timeout when it ignores SIGTERM', async () => {
  const { ecs, pass, create, emulator, tasks } = await startAccount()
  emulator.control.scriptTasks({ service: 'shop', behaviour: { kind: 'run', ignoresSigterm: true } })
  await create({ desiredCount: 1 })
  pass(40)
  await ecs.send(new UpdateServiceCommand({ cluster: 'fleet', service: 'shop', desiredCount: 0 }))
  pass(30)
  expect(await tasks('STOPPED')).toMatchObject([{ lastStatus: 'RUNNING', stopCode: 'ServiceSchedulerInitiated' }])
  pass(2)
  const [killed] = await tasks('STOPPED')
  expect(killed).toMatchObject({ lastStatus: 'DEPROVISIONING', containers: [{ exitCode: 137 }] })
  expect(killed?.stoppedReason).toBe(`Scaling activity initiated by (deployment ${killed?.startedBy})`)
})

it('is refused where there is no capacity', async () => {
  const { ecs, emulator } = await startAccount()
  emulator.control.scriptTasks({ family: 'web', behaviour: { kind: 'no_capacity' }, times: 1 })
  const ran = await ecs.send(new RunTaskCommand({ ...once, count: 2 }))
  expect(ran.tasks).toHaveLength(1)
  expect(ran.failures).toMatchObject([{ reason: expect.stringContaining('Capacity is unavailable') }])
})

it('forgets a client token after a day, or once its tasks have vanished', async () => {
  const { ecs, pass } = await startAccount()
  const run = async (clientToken: string) =>
    present((await ecs.send(new RunTaskCommand({ ...once, clientToken }))).tasks?.[0]?.taskArn)
  const [lasting, brief] = [await run('lasting'), await run('brief')]
  await ecs.send(new StopTaskCommand({ cluster: 'fleet', task: brief }))
  pass(3600)
  expect(await run('brief')).toBe(brief)
  pass(60)
  expect(await run('brief')).not.toBe(brief)
  pass(22 * 3600)
  expect(await run('lasting')).toBe(lasting)
  pass(3600)
  expect(await run('lasting')).not.toBe(lasting)
})
