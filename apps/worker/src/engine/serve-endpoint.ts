import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttp2Server, type ServerHttp2Session } from 'node:http2'
import { type AddressInfo, createServer as createFront, type Socket } from 'node:net'
import { isForLogs } from '../logs/serve-logs.ts'
import type { EndpointHandler } from './build-endpoint.ts'

export interface ServeOptions {
  readonly host: string
  /** 0 is a free one. */
  readonly port: number
  /** The body of `GET /health`. */
  readonly health: () => object
  /** Answers what the server asks for by itself. */
  readonly logs?: (request: IncomingMessage, response: ServerResponse) => void
  /** What `GET /metrics` shows; absent: not found. */
  readonly metrics?: MetricsPage
}

interface MetricsPage {
  readonly contentType: string
  metrics(): Promise<string>
}

export interface ServedEndpoint {
  readonly url: string
  /** No new connections and no new calls; what runs goes on. */
  refuseNew(): void
  /** Cuts what is left. */
  close(): Promise<void>
}

const HTTP2_PREFACE = 'PRI '

/**
 * Listens for the workflow engine (HTTP/2 without TLS) and, on the same port, for `GET /health` and `/metrics` over HTTP/1.1,
 * which is what probes and scrapers speak. Rejects when the address is taken.
 */
export async function serveEndpoint(handler: EndpointHandler, options: ServeOptions): Promise<ServedEndpoint> {
  const { host, port, health, metrics, logs } = options
  const sessions = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  const http2 = createHttp2Server(handler)
  http2.on('session', (session) => remember(sessions, session))
  const http1 = createHttpServer((request, response) => {
    if (request.url === '/health') answer(response, health())
    else if (request.url === '/metrics' && metrics !== undefined) void answerMetrics(response, metrics)
    else if (logs !== undefined && isForLogs(request)) logs(request, response)
    else handler(request, response)
  })
  const front = createFront({ noDelay: true }, (socket) => {
    remember(sockets, socket)
    socket.on('error', () => socket.destroy())
    socket.once('readable', () => {
      const start: Buffer | null = socket.read()
      if (start === null) return void socket.destroy()
      socket.unshift(start)
      const server = start.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE ? http2 : http1
      server.emit('connection', socket)
    })
  })
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject)
    front.listen(port, host, resolve)
  })
  const closed = new Promise<void>((resolve) => front.once('close', resolve))
  const { port: bound } = front.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    refuseNew() {
      front.close()
      // Tells the other side to open no more streams, and waits for those that are open.
      for (const session of sessions) session.close()
    },
    async close() {
      if (front.listening) front.close()
      for (const session of sessions) session.destroy()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function remember<Closable extends { once(event: 'close', listener: () => void): unknown }>(
  set: Set<Closable>,
  item: Closable,
): void {
  set.add(item)
  item.once('close', () => set.delete(item))
}

async function answerMetrics(response: ServerResponse<IncomingMessage>, page: MetricsPage): Promise<void> {
  const text = await page.metrics()
  response.writeHead(200, { 'content-type': page.contentType }).end(text)
}

function answer(response: ServerResponse<IncomingMessage>, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
