import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS, callOf, collect, serviceTarget, startCalls } from './__fixtures__/start-calls.ts'

const SHOP = serviceTarget('shop')

describe('readLogEvents, of the emulated CloudWatch Logs', () => {
  it('gives all lines, those after a time, and the last ones', async () => {
    const { api, emulator } = await startCalls()
    const logs = new CloudWatchLogsClient({ endpoint: emulator.url, region: emulator.region, credentials: CREDENTIALS })
    onTestFinished(() => logs.destroy())
    const names = { logGroupName: 'shop', logStreamName: 'app/1' }
    await logs.send(new CreateLogGroupCommand(names))
    await logs.send(new CreateLogStreamCommand(names))
    const now = emulator.control.now()
    const logEvents = [1, 2, 3, 4].map((line) => ({ timestamp: now + line, message: `line ${line}` }))
    await logs.send(new PutLogEventsCommand({ ...names, logEvents }))
    const ref = { group: 'shop', stream: 'app/1', region: emulator.region }
    const read = (more: { since?: number; tail?: number }) =>
      collect(api.readLogEvents(SHOP, { ...ref, ...more }, callOf('background')))
    expect(await read({})).toEqual(logEvents)
    expect(await read({ since: now + 2 })).toEqual(logEvents.slice(2))
    expect(await read({ tail: 2 })).toEqual(logEvents.slice(2))
    expect(await collect(api.readLogEvents(SHOP, { ...ref, stream: 'none' }, callOf('background')))).toEqual([])
  })
})
