import type { Session } from '@aws-sdk/client-ecs'
import { ssm } from 'ssm-session'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { PAYLOAD } from '../sessions/agent-message.ts'
import { present } from './start-account.ts'

/** Where a message says of what type its payload is. */
const PAYLOAD_TYPE_AT = 112

export interface TestSession {
  /** All that the terminal has shown. */
  readonly output: () => string
  /** Types into the terminal. */
  readonly type: (text: string) => void
  readonly resize: (size: { rows: number; cols: number }) => void
  /** Breaks the connection off. */
  readonly hangUp: () => void
  /** The end as the client is told: what the channel's last message says, or the code of a connection that ended without one. */
  readonly ended: Promise<{ readonly output: string } | { readonly code: number }>
}

/**
 * A client of Session Manager: npm's ssm-session, with the answer to the handshake of ECS Exec, which it leaves to its users. Resolves
 * once the session is open, or has ended.
 */
export async function openSession(session: Session | undefined, token = session?.tokenValue): Promise<TestSession> {
  const socket = new WebSocket(present(session?.streamUrl))
  socket.binaryType = 'arraybuffer'
  onTestFinished(() => socket.terminate())
  const open = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<{ readonly output: string } | { readonly code: number }>()
  const decoder = new TextDecoder()
  let output = ''
  // The package has sent one message by then: the size of the terminal.
  let sequenceNumber = 1
  let expected = 0
  const send = (payloadType: number, text: string): void => {
    const message = ssm.buildInputMessage(new TextEncoder().encode(text), sequenceNumber)
    new DataView(message.buffer).setUint32(PAYLOAD_TYPE_AT, payloadType)
    sequenceNumber += 1
    socket.send(message)
  }
  socket.on('open', () => ssm.init(socket, { token: present(token), termOptions: { rows: 24, cols: 80 } }))
  socket.on('error', (error) => ended.reject(error))
  socket.on('close', (code) => ended.resolve({ code }))
  socket.on('message', (data: ArrayBuffer) => {
    const message = ssm.decode(data)
    if (message.messageType === 'channel_closed') {
      ended.resolve({ output: String(JSON.parse(decoder.decode(message.payload)).Output) })
    }
    if (message.messageType !== 'output_stream_data') return
    ssm.sendACK(socket, message)
    // What comes again has been seen already.
    if (message.sequenceNumber !== expected) return
    expected += 1
    if (message.payloadType === PAYLOAD.handshakeRequest) send(PAYLOAD.handshakeResponse, HANDSHAKE_RESPONSE)
    else if (message.payloadType === PAYLOAD.handshakeComplete) open.resolve()
    else output += decoder.decode(message.payload, { stream: true })
  })
  await Promise.race([open.promise, ended.promise])
  return {
    output: () => output,
    type: (text) => send(PAYLOAD.output, text),
    resize: (size) => send(PAYLOAD.size, JSON.stringify(size)),
    hangUp: () => socket.terminate(),
    ended: ended.promise,
  }
}

const HANDSHAKE_RESPONSE = JSON.stringify({
  ClientVersion: '1.2.0.0',
  ProcessedClientActions: [{ ActionType: 'SessionType', ActionStatus: 1, ActionResult: null, Error: '' }],
  Errors: [],
})
