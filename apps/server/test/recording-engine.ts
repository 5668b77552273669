import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CheckUp, LiveStatusResult, PlanHandlerRequest } from '@landlord/api-contract'

interface RecordedSend {
  readonly path: string
  readonly key: string | undefined
  readonly body: string
}

/** A workflow engine's HTTP face: it takes sends and remembers them, and answers as it is told. */
export interface RecordingEngine {
  readonly url: string
  readonly sends: RecordedSend[]
  /** What a send is answered with. Default 202. */
  sendStatus: number
  /** Whether a worker is registered. Default true. */
  workerRegistered: boolean
  liveStatus: LiveStatusResult
  /** Does a worker's part of a plan. Default: none is registered. */
  onPlan: ((planId: string) => Promise<void>) | undefined
  /** Of a handler; default `reconcile`. */
  sendsOf(tenantId: string, handler?: string): RecordedSend[]
  /** What a worker's check-up of its providers finds; undefined: no worker answers. */
  checkUp: CheckUp | undefined
  /** Rows of `sys_invocation`. */
  heldUp: { tenant: string; status: string; failure?: string }[]
  close(): Promise<void>
}

/** On a free port of loopback, or on a socket. */
export async function startRecordingEngine(listen: { socketPath?: string } = {}): Promise<RecordingEngine> {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const path = request.url ?? ''
    const [status, answer] = await answerTo(path, request, body)
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
  const engine: RecordingEngine = {
    url: '',
    sends: [],
    sendStatus: 202,
    workerRegistered: true,
    onPlan: undefined,
    liveStatus: {
      found: false,
      error: { code: 'tenant_not_found', message: 'nothing there', retryable: false, instance_usable: false },
    },
    sendsOf: (tenantId, handler = 'reconcile') =>
      engine.sends.filter((send) => send.path.endsWith(`/Tenant/${tenantId}/${handler}`)),
    checkUp: { version: '0.0.0', providers: [] },
    heldUp: [],
    close: () => closed(server),
  }
  await new Promise<void>((resolve) =>
    listen.socketPath === undefined
      ? server.listen(0, '127.0.0.1', resolve)
      : server.listen(listen.socketPath, resolve),
  )
  const url =
    listen.socketPath === undefined
      ? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      : `unix:${listen.socketPath}`
  return Object.assign(engine, { url })

  async function answerTo(path: string, request: IncomingMessage, body: string): Promise<[number, unknown]> {
    if (path === '/restate/health') return [200, {}]
    if (path === '/version') return [200, { version: '1.7.12' }]
    if (path === '/query') return [200, { rows: engine.heldUp }]
    if (path === '/Worker/checkUp') return engine.checkUp === undefined ? [404, {}] : [200, engine.checkUp]
    if (path === '/services/Tenant') return [engine.workerRegistered ? 200 : 404, {}]
    if (path.startsWith('/restate/send/')) {
      engine.sends.push({ path, key: request.headers['idempotency-key']?.toString(), body })
      return [engine.sendStatus, { invocationId: 'inv_1', status: 'Accepted' }]
    }
    if (path.endsWith('/status')) return [200, engine.liveStatus]
    if (path.endsWith('/plan') && engine.onPlan !== undefined) {
      await engine.onPlan((JSON.parse(body) as PlanHandlerRequest).plan_id)
      return [200, {}]
    }
    return [404, { message: 'not found' }]
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += chunk
  return body
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
