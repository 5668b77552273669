import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { callEcs } from './call-ecs.ts'
import type { Emulator } from './emulator.ts'

const ECS_TARGET = 'AmazonEC2ContainerServiceV20141113.'
/** More than any ECS request may have. */
const LARGEST_BODY_BYTES = 4 * 1024 * 1024

/** The emulator over HTTP. The caller listens, on loopback only. */
export function createHttpServer(emulator: Emulator): Server {
  return createServer((request, response) => {
    readBody(request).then(
      (body) => route(emulator, request, response, body),
      (error: Error) =>
        send(response, 413, 'application/x-amz-json-1.1', { __type: 'ClientException', message: error.message }),
    )
  })
}

function route(emulator: Emulator, request: IncomingMessage, response: ServerResponse, body: string): void {
  const target = request.headers['x-amz-target']
  if (typeof target === 'string') {
    answerJson(emulator, request, response, target, body)
    return
  }
  const message = `The emulator answers Amazon ECS only; ${request.method} ${request.url} names no operation.`
  send(response, 400, 'application/x-amz-json-1.1', { __type: 'UnknownOperationException', message })
}

function answerJson(
  emulator: Emulator,
  request: IncomingMessage,
  response: ServerResponse,
  target: string,
  body: string,
): void {
  if (!target.startsWith(ECS_TARGET)) {
    const message = `The operation ${target} is not emulated: only Amazon ECS speaks this protocol here.`
    send(response, 400, 'application/x-amz-json-1.1', { __type: 'UnknownOperationException', message })
    return
  }
  const answer = callEcs(emulator, target.slice(ECS_TARGET.length), body)
  if (answer.kind === 'reset') request.socket.resetAndDestroy()
  else send(response, answer.status, 'application/x-amz-json-1.1', answer.body)
}

function send(response: ServerResponse, status: number, type: string, body: unknown): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': randomUUID() })
  response.end(text)
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > LARGEST_BODY_BYTES) throw new Error(`The body is larger than ${LARGEST_BODY_BYTES} bytes.`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
