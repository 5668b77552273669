import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

interface JsonCall {
  readonly operation: string
  readonly body: Record<string, unknown>
}

interface JsonAnswer {
  readonly body: object
  readonly status: number
}

export interface JsonServer {
  readonly url: string
  /** Every call so far. */
  readonly calls: readonly JsonCall[]
  /** The next call gets this; the last one set is repeated. */
  answer(body: object, status?: number): void
  /** From now on each call gets what this makes of it. */
  answerEach(toAnswer: (call: JsonCall) => JsonAnswer): void
  /** The next call waits; resolves when it has come, with what answers it. */
  hold(): Promise<(body: object) => void>
}

/** A server of AWS's JSON protocol that says what it is told, for answers that no honest service gives. */
export async function startJsonServer(): Promise<JsonServer> {
  const calls: JsonCall[] = []
  const answers: JsonAnswer[] = []
  let last: JsonAnswer = { body: {}, status: 200 }
  let toAnswer = (_call: JsonCall): JsonAnswer => {
    last = answers.shift() ?? last
    return last
  }
  let held: ((release: (body: object) => void) => void) | undefined
  const server = createServer(async (request, response) => {
    const call: JsonCall = { operation: operationOf(request), body: JSON.parse(await readBody(request)) }
    calls.push(call)
    if (held !== undefined) {
      held((body) => send(response, body, 200))
      held = undefined
      return
    }
    const { body, status } = toAnswer(call)
    send(response, body, status)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (body, status = 200) => answers.push({ body, status }),
    answerEach: (make) => {
      toAnswer = make
    },
    hold: () =>
      new Promise((resolve) => {
        held = resolve
      }),
  }
}

const operationOf = (request: IncomingMessage): string =>
  String(request.headers['x-amz-target']).split('.').at(-1) ?? ''

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, body: object, status: number): void {
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'request-1' })
  response.end(JSON.stringify(body))
}
