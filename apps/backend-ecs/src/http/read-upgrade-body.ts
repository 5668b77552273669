import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { badRequest } from '../errors/docker-error.ts'

/** Far above what any client sends along with a hijacked request. */
const MAX_BYTES = 1024 * 1024

/**
 * The JSON that precedes a hijacked stream: Node hands over everything behind the headers unread. What comes after
 * `Content-Length` bytes is put back, for it is the client's input.
 */
export async function readUpgradeBody(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<unknown> {
  const length = Number(request.headers['content-length'] ?? 0)
  if (!Number.isSafeInteger(length) || length > MAX_BYTES) {
    throw badRequest(`the body of a hijacked request has ${MAX_BYTES} bytes at most`)
  }
  if (head.length > 0) socket.unshift(head)
  if (length === 0) return undefined
  const text = (await readBytes(socket, length)).toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw Object.assign(badRequest('the body is not JSON'), { cause })
  }
}

function readBytes(socket: Duplex, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const onReadable = (): void => {
      const chunk = socket.read(length) as Buffer | null
      if (chunk === null) return
      done()
      if (chunk.length < length) reject(badRequest('the body ended early'))
      else resolve(chunk)
    }
    const onEnd = (): void => {
      done()
      reject(badRequest('the body ended early'))
    }
    const done = (): void => {
      socket.off('readable', onReadable).off('end', onEnd).off('close', onEnd)
    }
    socket.on('readable', onReadable).on('end', onEnd).on('close', onEnd)
    onReadable()
  })
}
