import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex, Readable, Writable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import findMyWay from 'find-my-way'
import { type WebSocket, WebSocketServer } from 'ws'
import { DockerError } from '../errors/docker-error.ts'
import { toDockerError } from '../errors/to-docker-error.ts'
import { logRequest } from './log-requests.ts'
import { readUpgradeBody } from './read-upgrade-body.ts'
import { collectCalls, noCalls } from './request-calls.ts'

interface StreamRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** JSON; undefined where there was none. */
  readonly body: unknown
  /** Aborted when the client is gone or the server closes. A client that has only ended its input is still there. */
  readonly signal: AbortSignal
}

/** Both directions of a hijacked connection. `stdin` ends when the client has ended its half. */
interface ClientStream {
  readonly stdin: Readable
  readonly output: Writable
}

/**
 * Checks first and throws what the client is to be told; then calls `accept` with the content type, streams, and resolves
 * when all is said. The connection is ended for it.
 */
type StreamHandler = (request: StreamRequest, accept: (contentType: string) => ClientStream) => Promise<void>
/** Over WebSocket. `accept` completes the handshake; undefined where the client has gone before. */
type SocketHandler = (request: StreamRequest, accept: () => Promise<WebSocket | undefined>) => Promise<void>

/** Routes whose connection becomes a stream: Docker's hijacking, with `101 UPGRADED` and without, and WebSockets. */
export interface ClientStreams {
  /** `POST path`, hijacked. */
  hijack(path: string, handler: StreamHandler): void
  /** `GET path`, upgraded to a WebSocket. */
  websocket(path: string, handler: SocketHandler): void
  /** Ends what is still open. */
  close(): void
}

interface StreamsOptions {
  readonly app: FastifyInstance
  /** Takes the version off a URL and refuses one that is not offered; refuses who may not. Throws `DockerError`. */
  readonly admit: (request: IncomingMessage) => string
  readonly stopping: AbortSignal
}

type UpgradeHandler = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  request2: PendingRequest,
) => Promise<void>
type PendingRequest = Pick<StreamRequest, 'params' | 'query' | 'signal'>

export function createClientStreams({ app, admit, stopping }: StreamsOptions): ClientStreams {
  const router = findMyWay<findMyWay.HTTPVersion.V1>()
  const handlers = new Map<unknown, UpgradeHandler>()
  const sockets = new Set<Duplex>()
  const websockets = new WebSocketServer({ noServer: true })

  const add = (method: 'GET' | 'POST', path: string, handler: UpgradeHandler): void => {
    const key = () => {}
    handlers.set(key, handler)
    router.on(method, path, key)
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const [beganAt, calls] = [performance.now(), noCalls()]
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A client that resets its connection is none of the server's errors; whoever writes to it sees `close`.
    socket.on('error', () => {})
    const status = await collectCalls(calls, () => serve(request, socket, head))
    const { method, url } = request
    logRequest(app.log, { method, url, status, elapsedMs: performance.now() - beganAt, calls })
  }

  /** Resolves with the status of the answer when all has been said. */
  async function serve(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<number> {
    try {
      const url = new URL(admit(request), 'http://docker')
      const found = router.find(request.method as 'GET' | 'POST', url.pathname)
      const handler = handlers.get(found?.handler)
      if (handler === undefined || found === null) throw new DockerError({ status: 404, message: 'page not found' })
      const { signal, release } = untilClosed(socket, stopping)
      const params = found.params as Record<string, string>
      await handler(request, socket, head, { params, query: url.searchParams, signal }).finally(release)
      return 101
    } catch (error) {
      const docker = toDockerError(error)
      const wasAnswered = isAnswered.has(socket)
      if (wasAnswered || docker.status === 500) {
        app.log.error({ err: error, path: request.url?.split('?')[0] }, 'stream failed')
      }
      if (wasAnswered) socket.destroy()
      else refuse(socket, docker)
      return wasAnswered ? 101 : docker.status
    }
  }
  app.server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head))

  return {
    hijack(path, handler) {
      add('POST', path, async (request, socket, head, pending) => {
        const body = await readUpgradeBody(request, socket, head)
        await handler({ ...pending, body }, (contentType) => {
          isAnswered.add(socket)
          socket.write(
            `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${contentType}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`,
          )
          return { stdin: socket, output: socket }
        })
        socket.end()
      })
      app.post(path, (request, reply) => hijackPlain(request, reply, handler, stopping))
    },
    websocket(path, handler) {
      add('GET', path, async (request, socket, head, pending) => {
        await handler({ ...pending, body: undefined }, async () => {
          isAnswered.add(socket)
          return await new Promise((resolve) => {
            // A handshake with somebody who has gone never ends.
            if (socket.destroyed) return resolve(undefined)
            socket.once('close', () => resolve(undefined))
            websockets.handleUpgrade(request, socket, head, (client) => {
              // A frame that breaks the protocol: unheard, the event would end the process.
              client.on('error', () => client.terminate())
              resolve(client)
            })
          })
        })
      })
    },
    close() {
      for (const socket of sockets) socket.destroy()
      websockets.close()
    },
  }
}

/** Sockets that have their first line already: an error can only cut them. */
const isAnswered = new WeakSet<Duplex>()

/** A client that asks for no upgrade gets the same stream as the body of its answer, and can send its input as a body. */
async function hijackPlain(
  request: FastifyRequest,
  reply: FastifyReply,
  handler: StreamHandler,
  stopping: AbortSignal,
): Promise<void> {
  const { signal, release } = untilClosed(reply.raw, stopping)
  const isJson = request.headers['content-type']?.startsWith('application/json') ?? false
  const query = new URLSearchParams(request.url.split('?')[1] ?? '')
  const params = request.params as Record<string, string>
  try {
    await handler({ params, query, body: isJson ? request.body : undefined, signal }, (contentType) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'Content-Type': contentType })
      reply.raw.flushHeaders()
      return { stdin: request.raw, output: reply.raw }
    })
    reply.raw.end()
  } catch (error) {
    if (!reply.raw.headersSent) throw error
    request.log.error({ err: error }, 'stream failed')
    reply.raw.destroy()
  } finally {
    release()
  }
}

/** Aborted when the client is gone, or by `end`. */
export function untilClosed(
  stream: Duplex | ServerResponse,
  end: AbortSignal,
): { signal: AbortSignal; release: () => void } {
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  stream.once('close', onClose)
  return { signal: AbortSignal.any([gone.signal, end]), release: () => void stream.off('close', onClose) }
}

/** By hand: a client that has sent another request before may not have had its answer yet, which holds the socket. */
function refuse(socket: Duplex, { status, message }: { status: number; message: string }): void {
  const body = JSON.stringify({ message })
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ]
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
