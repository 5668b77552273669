import { PassThrough, type Readable } from 'node:stream'
import type { RawData, WebSocket } from 'ws'

/** What a client sends, until an empty message or its going away: a WebSocket has no half that could be closed by itself. */
export function inputOf(socket: WebSocket): Readable {
  const input = new PassThrough()
  socket.on('message', (data: RawData) => {
    if (input.writableEnded) return
    const bytes = toBuffer(data)
    if (bytes.length === 0) input.end()
    else if (!input.write(bytes)) {
      socket.pause()
      input.once('drain', () => socket.resume())
    }
  })
  socket.once('close', () => input.end())
  return input
}

/** Sends one message; false when the client has gone. */
export async function sendTo(socket: WebSocket, bytes: Buffer): Promise<boolean> {
  return await new Promise((resolve) => socket.send(bytes, (error) => resolve(error === undefined || error === null)))
}

function toBuffer(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}
