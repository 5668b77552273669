import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { encodeMessage, PAYLOAD } from './agent-message.ts'
import { SessionChannel } from './session-channel.ts'

/** What an agent may do that the emulator's does not: it is given the socket once the client has said its token. */
async function startAgent(talk: (socket: WebSocket) => void): Promise<string> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  server.on('connection', (socket) => socket.once('message', () => talk(socket)))
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const message = (type: string, payloadType: number, payload: string): Buffer =>
  encodeMessage({ type, sequence: 0, payloadType, payload: Buffer.from(payload) })
const KMS = JSON.stringify({ RequestedClientActions: [{ ActionType: 'KMSEncryption', ActionParameters: {} }] })

test.each([
  ['asks for encryption', message('output_stream_data', PAYLOAD.handshakeRequest, KMS), /KMSEncryption.*turn KMS/],
  ['says why it ends', message('channel_closed', 0, JSON.stringify({ Output: 'no such command' })), /no such command/],
  ['ends without a reason', message('channel_closed', 0, '{}'), /ended before its command began/],
  ['sends what is no message', Buffer.from('nonsense'), /no message/],
  ['acknowledges what is no JSON', message('acknowledge', 0, '{'), /no message/],
  ['shakes hands with what is no JSON', message('output_stream_data', PAYLOAD.handshakeRequest, '{'), /no message/],
])('an agent that %s: said, and nothing breaks', async (_what, sent, expected) => {
  const streamUrl = await startAgent((socket) => socket.send(sent))
  const opening = SessionChannel.open({ streamUrl, tokenValue: 't' }, AbortSignal.timeout(5_000))
  await expect(opening).rejects.toThrow(expected)
})

test('an agent that cannot be reached is said, and nothing breaks', async () => {
  const streamUrl = 'ws://127.0.0.1:1'
  const opening = SessionChannel.open({ streamUrl, tokenValue: 't' }, AbortSignal.timeout(5_000))
  await expect(opening).rejects.toThrow(/the session broke|no session/)
})
