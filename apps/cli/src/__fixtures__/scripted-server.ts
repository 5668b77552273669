import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PROBLEMS, type ProblemCode } from '@landlord/api-contract'
import { onTestFinished } from 'vitest'

export interface Received {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

export interface Answer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Server-sent events. */
interface StreamAnswer {
  readonly stream: string
  /** Nothing more comes, and it does not end. */
  readonly staysOpen?: boolean
}

/** The request is taken, and nothing more ever comes. */
export type Turn = Answer | StreamAnswer | 'silence'

/** By `METHOD /path`; a list is one answer after the other, the last one for ever. */
export type Script = Readonly<Record<string, Turn | readonly Turn[] | ((request: Received) => Turn)>>

/** A real HTTP server that says what the test wants it to say; gone with the test. */
export async function startScriptedServer(script: Script) {
  const received: Received[] = []
  const turns = new Map<string, number>()
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const url = new URL(request.url ?? '/', 'http://x')
    const text = Buffer.concat(chunks).toString()
    const seen: Received = {
      method: request.method ?? '',
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    }
    received.push(seen)
    const answer = answerTo(seen)
    if (answer === 'silence') return
    if ('stream' in answer) {
      response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' }).write(answer.stream)
      if (answer.staysOpen !== true) response.end()
      return
    }
    const { status = 200, headers = {}, body } = answer
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close', ...headers })
    response.end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  function answerTo(request: Received): Turn {
    const key = `${request.method} ${request.path}`
    const entry = script[key]
    if (entry === undefined) return problem('not_found', `nothing at ${key}`)
    if (typeof entry === 'function') return entry(request)
    if (!isList(entry)) return entry
    const turn = turns.get(key) ?? 0
    turns.set(key, turn + 1)
    return entry[Math.min(turn, entry.length - 1)] ?? problem('internal', 'the script is empty')
  }

  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return { url: `http://127.0.0.1:${port}`, received }
}

export function problem(code: ProblemCode, detail: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  const { status, title } = PROBLEMS[code]
  const body = {
    type: `/problems/${code}`,
    title,
    status,
    detail,
    instance: '/',
    code,
    request_id: 'r-1',
    error: detail,
  }
  return { status, body: { ...body, ...more } }
}

function isList(entry: Turn | readonly Turn[]): entry is readonly Turn[] {
  return Array.isArray(entry)
}
