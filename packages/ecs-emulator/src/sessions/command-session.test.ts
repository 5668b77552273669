import { PassThrough } from 'node:stream'
import { ssm } from 'ssm-session'
import { expect, it, type Mock, onTestFinished, vi } from 'vitest'
import { encodeMessage, PAYLOAD } from './agent-message.ts'
import { CommandSession } from './command-session.ts'
import type { StartCommand } from './terminal-process.ts'

const patient = { timeout: 30_000 }

interface Begun {
  readonly session: CommandSession
  /** Type and content of what the client has got, acknowledgements left out. */
  readonly got: () => [type: string | number, text: string][]
  readonly send: (payloadType: number, text: string) => void
  readonly terminal: PassThrough
  readonly start: Mock<StartCommand>
  readonly kill: Mock<() => Promise<void>>
  readonly typed: string[]
  readonly sizes: unknown[]
}

/** A session with a client that acknowledges everything, and a command that does nothing by itself. */
function begin(): Begun {
  const received: ReturnType<typeof ssm.decode>[] = []
  const terminal = new PassThrough()
  const [typed, sizes]: [string[], unknown[]] = [[], []]
  const kill = vi.fn(async () => void terminal.destroy())
  const start = vi.fn<StartCommand>(async () => ({
    output: terminal,
    write: (input: Buffer) => void typed.push(input.toString()),
    resize: (size: object) => void sizes.push(size),
    kill,
  }))
  const session = new CommandSession({
    sessionId: 'ecs-execute-command-0',
    start,
    send: (bytes) => {
      const message = ssm.decode(bytes)
      if (message.messageType === 'acknowledge') return
      received.push(message)
      if (message.messageType !== 'output_stream_data') return
      queueMicrotask(() => ssm.sendACK({ send: (data) => session.receive(Buffer.from(data)) }, message))
    },
  })
  onTestFinished(() => session.abort())
  let sequenceNumber = 0
  return {
    session,
    got: () =>
      received.map(({ messageType, payloadType, payload }) => [
        messageType === 'output_stream_data' ? payloadType : messageType,
        Buffer.from(payload).toString(),
      ]),
    send: (payloadType, text) => {
      const payload = Buffer.from(text)
      session.receive(encodeMessage({ messageType: 'input_stream_data', sequenceNumber, payloadType, payload }))
      sequenceNumber += 1
    },
    terminal,
    start,
    kill,
    typed,
    sizes,
  }
}

const answer = (status: number): string =>
  JSON.stringify({
    ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: status, Error: 'Unknown session type' }],
  })

const closed = (text: string) => ['channel_closed', expect.stringContaining(`"Output":${JSON.stringify(text)}`)]

it('shakes hands before the command starts', async () => {
  const { got, send, start, terminal, typed, sizes, session } = begin()
  expect(got()).toEqual([
    ['start_publication', ''],
    [PAYLOAD.handshakeRequest, expect.stringContaining('"SessionType":"InteractiveCommands"')],
  ])
  send(PAYLOAD.output, 'too early')
  expect(start).not.toHaveBeenCalled()
  send(PAYLOAD.handshakeResponse, answer(1))
  await expect.poll(() => got().at(-1)?.[0], patient).toBe(PAYLOAD.handshakeComplete)
  send(PAYLOAD.output, 'ls\n')
  send(PAYLOAD.size, '{"cols":77,"rows":33}')
  send(PAYLOAD.size, '{"cols":0,"rows":0}')
  expect(typed).toEqual(['ls\n'])
  expect(sizes).toEqual([{ rows: 33, columns: 77 }])
  terminal.end('shop')
  await session.finished
  expect(got().slice(3)).toEqual([[PAYLOAD.output, 'shop'], closed('')])
})

it('does not start the command of a client that cannot take part', async () => {
  const { got, send, start, session } = begin()
  send(PAYLOAD.handshakeResponse, answer(2))
  await session.finished
  expect(got().at(-1)).toEqual(closed('----------ERROR-------\nSessionType failed on client: Unknown session type'))
  expect(start).not.toHaveBeenCalled()
})

it('tells why the command could not be started', async () => {
  const { got, send, start, session } = begin()
  start.mockRejectedValueOnce(new Error('no such file'))
  send(PAYLOAD.handshakeResponse, answer(1))
  await session.finished
  expect(got().at(-1)).toEqual(closed('----------ERROR-------\nUnable to start command: no such file'))
})

it('ends the command when nothing can be heard of it any more', async () => {
  const { got, send, session, terminal, kill } = begin()
  send(PAYLOAD.handshakeResponse, answer(1))
  await expect.poll(() => got().at(-1)?.[0], patient).toBe(PAYLOAD.handshakeComplete)
  terminal.destroy(new Error('the engine is away'))
  await session.finished
  expect(got().at(-1)).toEqual(closed('----------ERROR-------\nthe engine is away'))
  expect(kill).toHaveBeenCalledOnce()
})

it.each([
  ['during the handshake', PAYLOAD.handshakeRequest, undefined],
  ['while the command runs', PAYLOAD.handshakeComplete, answer(1)],
])('ends when it is aborted %s', async (_, last, response) => {
  const { got, send, session, terminal, start } = begin()
  if (response !== undefined) send(PAYLOAD.handshakeResponse, response)
  await expect.poll(() => got().at(-1)?.[0], patient).toBe(last)
  await session.abort()
  expect(got().at(-1)).toEqual(closed(''))
  expect(terminal.destroyed).toBe(start.mock.calls.length > 0)
})

it('ends the command of a session that is aborted before it has started', async () => {
  const { send, session, terminal, start } = begin()
  const starting = Promise.withResolvers<void>()
  const running = await start()
  start.mockImplementationOnce(async () => {
    await starting.promise
    return running
  })
  send(PAYLOAD.handshakeResponse, answer(1))
  await expect.poll(() => start.mock.calls.length, patient).toBe(2)
  const aborted = session.abort()
  starting.resolve()
  await aborted
  expect(terminal.destroyed).toBe(true)
})
