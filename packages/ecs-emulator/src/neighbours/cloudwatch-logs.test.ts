import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { RunTaskCommand } from '@aws-sdk/client-ecs'
import { expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, present, SERVICE, startAccount, type TestAccount } from '../__fixtures__/start-account.ts'

const logGroupName = '/fleet/shop'

async function startWithLogs(): Promise<TestAccount & { readonly logs: CloudWatchLogsClient }> {
  const account = await startAccount()
  const { url: endpoint, region } = account.emulator
  const logs = new CloudWatchLogsClient({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1 })
  onTestFinished(() => logs.destroy())
  await logs.send(new CreateLogGroupCommand({ logGroupName, tags: { team: 'shop' } }))
  return { ...account, logs }
}

it('makes, describes and removes groups', async () => {
  const { logs } = await startWithLogs()
  await expect(logs.send(new CreateLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
    name: 'ResourceAlreadyExistsException',
    message: 'The specified log group already exists',
  })
  await logs.send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 7 }))
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/fleet' }))
  expect(logGroups).toMatchObject([{ logGroupName, retentionInDays: 7, arn: expect.stringMatching(/:\*$/) }])
  const resourceArn = present(logGroups?.[0]?.logGroupArn)
  expect((await logs.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({ team: 'shop' })
  await logs.send(new DeleteLogGroupCommand({ logGroupName }))
  await expect(logs.send(new DeleteLogGroupCommand({ logGroupName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

it('pages through the events of a stream in both directions', async () => {
  const { logs, emulator } = await startWithLogs()
  const logStreamName = 'one'
  await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  const start = emulator.control.now()
  const logEvents = ['a', 'b', 'c'].map((message, index) => ({ timestamp: start + index, message }))
  await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  const get = async (more: object) => {
    const answer = await logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, limit: 2, ...more }))
    return { ...answer, messages: answer.events?.map(({ message }) => message) }
  }
  const first = await get({ startFromHead: true })
  expect(first.messages).toEqual(['a', 'b'])
  const second = await get({ nextToken: first.nextForwardToken })
  expect(second.messages).toEqual(['c'])
  const third = await get({ nextToken: second.nextForwardToken })
  expect(third).toMatchObject({ messages: [], nextForwardToken: second.nextForwardToken })
  expect((await get({ nextToken: second.nextBackwardToken })).messages).toEqual(['a', 'b'])
  expect((await get({})).messages).toEqual(['b', 'c'])
  expect((await get({ startTime: start + 1, endTime: start + 2 })).messages).toEqual(['b'])
  const late = new PutLogEventsCommand({ logGroupName, logStreamName, logEvents: logEvents.toReversed() })
  await expect(logs.send(late)).rejects.toThrow('chronological order')
})

it('finds events of all streams in the order of their time', async () => {
  const { logs, emulator } = await startWithLogs()
  const start = emulator.control.now()
  for (const [index, logStreamName] of ['one', 'two'].entries()) {
    await logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
    const logEvents = ['error here', 'all well'].map((message, line) => ({
      timestamp: start + 2 * line - index,
      message,
    }))
    await logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  }
  const find = async (more: object) => await logs.send(new FilterLogEventsCommand({ logGroupName, ...more }))
  const first = await find({ limit: 3 })
  const rest = await find({ limit: 3, nextToken: first.nextToken })
  const events = [...(first.events ?? []), ...(rest.events ?? [])]
  expect(events.map(({ logStreamName }) => logStreamName)).toEqual(['two', 'one', 'two', 'one'])
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4)
  expect((await find({ filterPattern: 'error -"all well"', logStreamNames: ['one'] })).events).toHaveLength(1)
  await expect(find({ filterPattern: '{ $.level = "error" }' })).rejects.toThrow('is not emulated')
})

it('shows the lines of a task script in the stream of its container', async () => {
  const { logs, emulator, ecs, register, pass } = await startWithLogs()
  const options = { 'awslogs-group': logGroupName, 'awslogs-stream-prefix': 'web', 'awslogs-region': 'us-east-1' }
  const logConfiguration = { logDriver: 'awslogs' as const, options }
  await register({ containerDefinitions: [{ name: 'app', image: 'shop:1', logConfiguration }] })
  emulator.control.scriptTasks({ behaviour: { kind: 'exit', afterSeconds: 1, exitCode: 1, logs: ['no database'] } })
  const { networkConfiguration, launchType } = SERVICE
  const once = { cluster: 'fleet', taskDefinition: 'web', networkConfiguration, launchType }
  const { tasks } = await ecs.send(new RunTaskCommand(once))
  pass(30)
  const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }))
  const id = present(tasks?.[0]?.taskArn).split('/').at(-1)
  expect(logStreams).toMatchObject([{ logStreamName: `web/app/${id}` }])
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName }))
  expect(events).toMatchObject([{ message: 'no database' }])
})

it('refuses what it does not know by name', async () => {
  const { logs } = await startWithLogs()
  const query = { logGroupName, startTime: 0, endTime: 1, queryString: 'fields @message' }
  await expect(logs.send(new StartQueryCommand(query))).rejects.toThrow('Logs_20140328.StartQuery is not emulated')
})
