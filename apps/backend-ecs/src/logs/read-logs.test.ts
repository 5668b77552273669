import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type InputLogEvent,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, test } from 'vitest'
import { openTestAccount } from '../__fixtures__/open-test-account.ts'
import { createLogStreamReader } from './log-stream-reader.ts'
import { type LogRequest, readLogs } from './read-logs.ts'

const GROUP = '/logs'
const GET = 'Logs_20140328.GetLogEvents'

/** Log streams in an emulated account, written to by the test. */
async function openLogs(...streams: readonly string[]) {
  const { emulator, aws } = await openTestAccount()
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
    async write(logStreamName: string, messages: readonly string[], timestamp = Date.now()) {
      const logEvents = messages.map((message): InputLogEvent => ({ message, timestamp }))
      await client.send(new PutLogEventsCommand({ logGroupName: GROUP, logStreamName, logEvents }))
    },
    /** What has been read so far, and when it is all. */
    follow(request: Partial<LogRequest> = {}) {
      const signal = AbortSignal.timeout(20_000)
      const events = readLogs(
        { streams: ['one'], range: {}, follow: true, ...request },
        { reader, ended: end.signal, signal },
      )
      const messages: string[] = []
      const read = async (): Promise<string[]> => {
        for await (const { message = '' } of events) messages.push(message)
        // It would have ended without a word.
        signal.throwIfAborted()
        return messages
      }
      return { messages, all: read() }
    },
  }
}

test('what CloudWatch shows a moment after the end is read, however many follow', async () => {
  const { follow, write, end, calls } = await openLogs('one')
  await write('one', ['a'])
  const followers = [1, 2, 3].map(() => follow())
  await expect.poll(() => followers.map(({ messages }) => messages)).toEqual([['a'], ['a'], ['a']])
  const before = calls()
  end.abort()
  await expect.poll(calls, { interval: 10 }).toBeGreaterThan(before)
  await write('one', ['late'])
  expect(await Promise.all(followers.map(({ all }) => all))).toEqual([1, 2, 3].map(() => ['a', 'late']))
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

test('following ends when the time that was asked for is over, without what is written later', async () => {
  const { follow, write } = await openLogs('one')
  const to = Date.now() + 1_500
  const { all } = follow({ range: { to } })
  await write('one', ['a'])
  await write('one', ['too late'], to)
  expect(await all).toEqual(['a'])
})

test('the last lines come from earlier runs, and following goes on in the present one', async () => {
  const { follow, write, create, end } = await openLogs('one')
  await write('one', ['a', 'b'])
  const { messages, all } = follow({ streams: ['one', 'two'], tail: 1 })
  await expect.poll(() => messages).toEqual(['b'])
  await create('two')
  await write('two', ['c'])
  await expect.poll(() => messages, { timeout: 5_000 }).toEqual(['b', 'c'])
  end.abort()
  expect(await all).toEqual(['b', 'c'])
})
