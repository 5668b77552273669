import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { startEcsEmulator } from '@landlord/ecs-emulator'
import { expect, onTestFinished, test } from 'vitest'
import { openAwsAccount } from '../aws/aws-account.ts'
import { createLogStreamReader } from './log-stream-reader.ts'
import { type LogRequest, readLogs } from './read-logs.ts'

const GROUP = '/logs'
const GET = 'Logs_20140328.GetLogEvents'

/** Log streams in an emulated account, written to by the test. */
async function openLogs(...streams: readonly string[]) {
  const emulator = await startEcsEmulator()
  onTestFinished(() => emulator.close())
  process.env.AWS_ENDPOINT_URL = emulator.url
  process.env.AWS_ACCESS_KEY_ID = 'emulator'
  process.env.AWS_SECRET_ACCESS_KEY = 'emulator'
  const aws = openAwsAccount({ region: emulator.region })
  onTestFinished(() => aws.close())
  const client = aws.logs('write')
  await client.send(new CreateLogGroupCommand({ logGroupName: GROUP }))
  const create = (logStreamName: string) =>
    client.send(new CreateLogStreamCommand({ logGroupName: GROUP, logStreamName }))
  for (const stream of streams) await create(stream)
  const reader = createLogStreamReader({ aws, settings: { ecs: { log_group: GROUP } } as never })
  const end = new AbortController()
  return {
    end,
    create,
    calls: () => emulator.control.counters().calls[GET] ?? 0,
    async write(logStreamName: string, ...messages: readonly string[]) {
      const logEvents = messages.map((message): InputLogEvent => ({ message, timestamp: Date.now() }))
      await client.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName, logEvents }))
    },
    async read(request: Partial<LogRequest>): Promise<string[]> {
      const signal = AbortSignal.timeout(20_000)
      const events = readLogs(
        { streams: ['one'], range: {}, follow: true, ...request },
        { reader, ended: end.signal, signal },
      )
      const messages: string[] = []
      for await (const { message = '' } of events) messages.push(message)
      // It would have ended without a word.
      signal.throwIfAborted()
      return messages
    },
  }
}

test('what CloudWatch shows a moment after the end is read, however many follow', async () => {
  const { read, write, end, calls } = await openLogs('one')
  await write('one', 'a')
  // Each begins at another moment: what one has just asked for is handed to the next.
  const following = [read({}), delay(300).then(() => read({})), delay(600).then(() => read({}))]
  await delay(1_500)
  const before = calls()
  end.abort()
  await expect.poll(calls, { interval: 10 }).toBeGreaterThan(before)
  await write('one', 'late')
  expect(await Promise.all(following)).toEqual([1, 2, 3].map(() => ['a', 'late']))
  // Together: the page after the end, the one with the line, and two more that are empty. Alone it would be twelve.
  expect(calls() - before).toBeLessThan(9)
})

test('where many streams are followed, each is asked for less often', () => {
  const reader = createLogStreamReader({} as never)
  const streams = Array.from({ length: 60 }, (_, index) => `stream-${index}`)
  const releases = [...streams, 'stream-0'].map((stream) => reader.follow(stream))
  // Twenty calls a second in all.
  expect(reader.pollMs()).toBe(3_000)
  for (const release of releases.slice(0, -1)) release()
  expect(reader.pollMs()).toBe(1_000)
})

test('following ends when the time that was asked for is over, though more is written', async () => {
  const { read, write } = await openLogs('one')
  const following = read({ range: { to: Date.now() + 1_500 } })
  await write('one', 'a')
  await delay(1_600)
  await write('one', 'too late')
  expect(await following).toEqual(['a'])
})

test('the last lines come from earlier runs, and following goes on in the present one', async () => {
  const { read, write, create, end } = await openLogs('one')
  await write('one', 'a', 'b')
  const following = read({ streams: ['one', 'two'], tail: 1 })
  await delay(500)
  await create('two')
  await write('two', 'c')
  await delay(1_500)
  end.abort()
  expect(await following).toEqual(['b', 'c'])
})
