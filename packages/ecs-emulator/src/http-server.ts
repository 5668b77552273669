import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { callEcs } from './call-ecs.ts'
import { createControl } from './control.ts'
import type { Emulator } from './emulator.ts'
import { callEfs, EFS_PATH } from './neighbours/call-efs.ts'
import { callJsonNeighbour } from './neighbours/call-json-neighbour.ts'
import { callQueryNeighbour } from './neighbours/call-query-neighbour.ts'
import { RESET } from './neighbours/under-fault.ts'
import { REGISTRY_PATH } from './registry/image-registry.ts'
import { runControlRequest } from './run-control-request.ts'

const JSON_1_1 = 'application/x-amz-json-1.1'
const CONTROL_PATH = '/_emulator/'
const ECS_TARGET = 'AmazonEC2ContainerServiceV20141113.'
/** More than any ECS request may have. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024

/** The emulator over HTTP. The caller listens, on loopback only. */
export function createHttpServer(emulator: Emulator): Server {
  return createServer((request, response) => {
    serve(emulator, request, response).catch((error: unknown) => {
      // The client has gone, or the emulator is wrong somewhere: neither may take the others' emulator down.
      if (response.headersSent || request.destroyed) request.socket.destroy()
      else
        send(response, 500, JSON_1_1, { __type: 'ServerException', message: `The emulator failed: ${String(error)}` })
    })
  })
}

async function serve(emulator: Emulator, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.headers.origin !== undefined) {
    // A page in a browser must not use the account, let alone start containers: what it posts carries an origin.
    request.resume()
    send(response, 403, 'application/json', { message: 'The emulator takes no requests from a web page.' })
    return
  }
  // Layers are large, and no text.
  if (request.url?.startsWith(REGISTRY_PATH) === true) return await emulator.registry.serve(request, response)
  const body = await readBody(request)
  if (body === undefined) {
    const message = `The body is larger than ${LARGEST_BODY_BYTES} bytes.`
    send(response, 413, JSON_1_1, { __type: 'ClientException', message })
  } else route(emulator, request, response, body)
}

function route(emulator: Emulator, request: IncomingMessage, response: ServerResponse, body: string): void {
  const target = request.headers['x-amz-target']
  if (request.url?.startsWith(CONTROL_PATH) === true) {
    answerControl(emulator, request, response, body)
  } else if (request.url?.startsWith(EFS_PATH) === true) {
    answerEfs(emulator, request, response, body)
  } else if (request.method === 'POST' && typeof target === 'string') {
    answerJson(emulator, request, response, target, body)
  } else if (
    request.method === 'POST' &&
    request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  ) {
    const answer = callQueryNeighbour(emulator, body)
    if (answer === RESET) request.socket.resetAndDestroy()
    else send(response, answer.status, 'text/xml', answer.xml)
  } else {
    const message = `The emulator knows no operation ${request.method} ${request.url}.`
    send(response, 400, JSON_1_1, { __type: 'UnknownOperationException', message })
  }
}

function answerControl(emulator: Emulator, request: IncomingMessage, response: ServerResponse, body: string): void {
  if (request.method !== 'POST') {
    send(response, 405, 'application/json', { message: `${CONTROL_PATH}… takes POST.` })
    return
  }
  try {
    const action = request.url?.slice(CONTROL_PATH.length) ?? ''
    const result = runControlRequest(createControl(emulator), action, JSON.parse(body === '' ? '{}' : body))
    send(response, 200, 'application/json', result)
  } catch (error) {
    send(response, 400, 'application/json', { message: error instanceof Error ? error.message : String(error) })
  }
}

function answerEfs(emulator: Emulator, request: IncomingMessage, response: ServerResponse, text: string): void {
  const answer = callEfs(emulator, request.method ?? '', request.url ?? '', text)
  if (answer === RESET) return void request.socket.resetAndDestroy()
  const { status, body, errorType } = answer
  if (errorType !== undefined) response.setHeader('x-amzn-errortype', errorType)
  send(response, status, 'application/json', body ?? '')
}

function answerJson(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  body: string,
): void {
  const answer = target.startsWith(ECS_TARGET)
    ? callEcs(emulator, target.slice(ECS_TARGET.length), body)
    : callJsonNeighbour(emulator, target, body)
  if (answer.kind === 'reset') request.socket.resetAndDestroy()
  else send(response, answer.status, JSON_1_1, answer.body)
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': randomUUID() })
  response.end(text)
}

/** Nothing where there is too much. That is read too, and dropped: a client that still sends does not hear its answer. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= LARGEST_BODY_BYTES) chunks.push(chunk)
  }
  return size <= LARGEST_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined
}
