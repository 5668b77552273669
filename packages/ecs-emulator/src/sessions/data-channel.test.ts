import { setImmediate } from 'node:timers/promises'
import { ssm } from 'ssm-session'
import { expect, it, onTestFinished } from 'vitest'
import { PAYLOAD } from './agent-message.ts'
import { DataChannel, LARGEST_WINDOW } from './data-channel.ts'

interface OpenChannel {
  readonly channel: DataChannel
  /** What the client has got, as npm's ssm-session reads it. */
  readonly got: () => ReturnType<typeof ssm.decode>[]
  readonly typed: string[]
  /** Answers the message's id. */
  readonly type: (text: string, sequenceNumber: number) => string
  readonly acknowledge: (index: number) => void
}

function openChannel(): OpenChannel {
  const sent: Buffer[] = []
  const typed: string[] = []
  const channel = new DataChannel({
    send: (bytes) => void sent.push(bytes),
    onInput: ({ payload }) => void typed.push(payload.toString()),
  })
  onTestFinished(() => channel.close())
  const got = () => sent.map((bytes) => ssm.decode(bytes))
  const receive = (bytes: string | Uint8Array): void => channel.receive(Buffer.from(bytes))
  return {
    channel,
    got,
    typed,
    type: (text, sequenceNumber) => {
      const message = ssm.buildInputMessage(text, sequenceNumber)
      receive(message)
      return ssm.decode(message).messageId
    },
    acknowledge: (index) => {
      const message = got()[index]
      if (message !== undefined) ssm.sendACK({ send: receive }, message)
    },
  }
}

const textOf = ({ payload }: ReturnType<typeof ssm.decode>): string => Buffer.from(payload).toString()

it('numbers what it sends', () => {
  const { channel, got } = openChannel()
  channel.write(PAYLOAD.output, Buffer.from('one'))
  channel.write(PAYLOAD.output, Buffer.from('two'))
  expect(
    got().map((message) => [message.messageType, message.sequenceNumber, message.payloadType, textOf(message)]),
  ).toEqual([
    ['output_stream_data', 0, PAYLOAD.output, 'one'],
    ['output_stream_data', 1, PAYLOAD.output, 'two'],
  ])
})

it('sends the oldest message again until the client has it', async () => {
  const { channel, got, acknowledge } = openChannel()
  channel.write(PAYLOAD.output, Buffer.from('one'))
  channel.write(PAYLOAD.output, Buffer.from('two'))
  acknowledge(1)
  const sequence = () => got().map(({ sequenceNumber }) => sequenceNumber)
  await expect.poll(() => sequence().slice(2, 4), { timeout: 30_000 }).toEqual([0, 0])
  const delivered = channel.delivered()
  acknowledge(0)
  await delivered
  expect(sequence().slice(2)).not.toContain(1)
})

it('lets nobody write faster than the client reads', async () => {
  const { channel, acknowledge } = openChannel()
  for (let count = 0; count < LARGEST_WINDOW; count += 1) channel.write(PAYLOAD.output, Buffer.from('more'))
  let isReady = false
  const ready = channel.ready().then(() => {
    isReady = true
  })
  await setImmediate()
  expect(isReady).toBe(false)
  acknowledge(0)
  await ready
})

it('takes every message once and in order, and acknowledges it', () => {
  const { got, typed, type } = openChannel()
  const third = type('c', 2)
  const first = type('a', 0)
  type('a', 0)
  expect(typed).toEqual(['a'])
  const second = type('b', 1)
  expect(typed).toEqual(['a', 'b', 'c'])
  const acknowledged = got().map((message) => [message.messageType, JSON.parse(textOf(message))])
  expect(acknowledged).toMatchObject(
    [
      { id: third, sequenceNumber: 2 },
      { id: first, sequenceNumber: 0 },
      { id: second, sequenceNumber: 1 },
    ].map(({ id, sequenceNumber }) => [
      'acknowledge',
      {
        AcknowledgedMessageType: 'input_stream_data',
        AcknowledgedMessageId: id,
        AcknowledgedMessageSequenceNumber: sequenceNumber,
        IsSequentialMessage: true,
      },
    ]),
  )
})

it('refuses what is no message', () => {
  const { channel } = openChannel()
  expect(() => channel.receive(Buffer.from('hello'))).toThrow(TypeError)
  expect(() => channel.receive(Buffer.alloc(120))).toThrow(TypeError)
})

it('waits for nobody once it is closed', async () => {
  const { channel, got } = openChannel()
  channel.write(PAYLOAD.output, Buffer.from('one'))
  const delivered = channel.delivered()
  channel.close()
  await delivered
  channel.write(PAYLOAD.output, Buffer.from('two'))
  expect(got().map(textOf)).toEqual(['one'])
})
