import { once } from 'node:events'
import { DescribeTasksCommand, ExecuteCommandCommand, RunTaskCommand, StopTaskCommand } from '@aws-sdk/client-ecs'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { present, SERVICE, startAccount, type TestAccount } from './__fixtures__/start-account.ts'

const { networkConfiguration, launchType } = SERVICE
const job = { cluster: 'fleet', taskDefinition: 'web', networkConfiguration, launchType }

async function runTask({ ecs }: TestAccount, enableExecuteCommand: boolean) {
  const { tasks } = await ecs.send(new RunTaskCommand({ ...job, enableExecuteCommand }))
  const task = present(tasks?.[0]?.taskArn)
  const agents = async () => {
    const described = await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: [task] }))
    return described.tasks?.[0]?.containers?.[0]?.managedAgents
  }
  return { task, agents }
}

it('shows the agent that a task with ECS Exec has', async () => {
  const account = await startAccount()
  const { task, agents } = await runTask(account, true)
  expect(await agents()).toEqual([{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }])
  account.pass(22)
  const running = { name: 'ExecuteCommandAgent', lastStatus: 'RUNNING', lastStartedAt: expect.any(Date) }
  expect(await agents()).toEqual([running])
  await account.ecs.send(new StopTaskCommand({ cluster: 'fleet', task }))
  account.pass(30)
  expect(await agents()).toEqual([{ ...running, lastStatus: 'STOPPED' }])
  const without = await runTask(account, false)
  expect(await without.agents()).toBeUndefined()
})

it('takes over from the service whether its tasks have one', async () => {
  const { create, pass, tasks } = await startAccount()
  await create({ desiredCount: 1, enableExecuteCommand: true })
  pass(30)
  expect(await tasks()).toMatchObject([
    { enableExecuteCommand: true, containers: [{ managedAgents: [{ lastStatus: 'RUNNING' }] }] },
  ])
})

it('says that a simulated task has no container', async () => {
  const account = await startAccount()
  const { task } = await runTask(account, true)
  const execute = () =>
    account.ecs.send(new ExecuteCommandCommand({ cluster: 'fleet', task, command: 'sh', interactive: true }))
  await expect(execute()).rejects.toMatchObject({ name: 'InvalidParameterException' })
  account.pass(22)
  await expect(execute()).rejects.toMatchObject({
    name: 'TargetNotConnectedException',
    message: expect.stringContaining('This task is simulated'),
  })
})

async function connect(path: string): Promise<WebSocket> {
  const { emulator } = await startAccount()
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}${path}`)
  onTestFinished(() => socket.terminate())
  return socket
}

it.each([
  ['no JSON', 'hello'],
  ['no token', '{}'],
  ['an unknown token', '{"TokenValue":"guessed"}'],
])('hangs up on %s', async (_, opening) => {
  const socket = await connect('/v1/data-channel/ecs-execute-command-0123456789abcdef0?role=publish_subscribe')
  await once(socket, 'open')
  socket.send(opening)
  const [code] = await once(socket, 'close')
  expect(code).toBe(1008)
})

it('has no other channels', async () => {
  const socket = await connect('/v1/control-channel/i-0')
  await expect(once(socket, 'open')).rejects.toThrow('404')
})

it('hangs up on those who wait when the emulator is closed', async () => {
  const { emulator } = await startAccount()
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}/v1/data-channel/ecs-execute-command-0`)
  onTestFinished(() => socket.terminate())
  await once(socket, 'open')
  const closed = once(socket, 'close')
  await emulator.close()
  expect((await closed)[0]).toBe(1000)
})
