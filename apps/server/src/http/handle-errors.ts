import type { Socket } from 'node:net'
import { suggestName } from '@landlord/compute-core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { v7 as uuidv7 } from 'uuid'
import { SECURITY_HEADERS } from './answer-headers.ts'
import { HttpProblem } from './http-problem.ts'
import { toDocument, toHttpProblem } from './to-problem.ts'

/** Every answer that is not a success becomes a problem document. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toHttpProblem(error)
  if (problem.code === 'internal') request.log.error({ err: problem.cause ?? problem }, 'request failed')
  const path = request.url.split('?')[0] ?? request.url
  const { status, document, headers } = toDocument(problem, { path, requestId: request.id })
  // The framework closes the connection under a body that it does not read, and the client may lose the answer to the
  // reset. Left open, the rest is read and dropped after the answer.
  if (problem.code === 'payload_too_large') reply.removeHeader('connection')
  void reply
    .code(status)
    // Here too, as what cannot be read at all passes by every hook.
    .headers({ ...SECURITY_HEADERS, ...headers })
    .header('x-request-id', request.id)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .send(document)
}

export interface KnownPath {
  readonly method: string
  /** With `{name}` for parameters. */
  readonly path: string
}

/** 404 with a hint, 405 with the methods that the path does know. */
export function handleErrors(app: FastifyInstance, routes: readonly KnownPath[]): void {
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler((request, reply) => {
    sendProblem(unknownPath(request.method, request.url.split('?')[0] ?? '/', routes), request, reply)
  })
}

/** Answers what is not even HTTP. The parser has given up, so the connection ends. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const isTooLong = error.code === 'HPE_HEADER_OVERFLOW'
  const detail = isTooLong ? 'the headers are longer than 16 KiB' : 'the request is not valid HTTP'
  const problem = new HttpProblem({ code: 'invalid_request', detail })
  const { document } = toDocument(problem, { path: '/', requestId: uuidv7() })
  const body = JSON.stringify(document)
  const headers = Object.entries({
    ...SECURITY_HEADERS,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`)
  socket.end(`HTTP/1.1 400 Bad Request\r\n${headers.join('\r\n')}\r\n\r\n${body}`)
}

function unknownPath(method: string, path: string, routes: readonly KnownPath[]): HttpProblem {
  const allowed = routes.filter((route) => patternOf(route.path).test(path)).map((route) => route.method)
  if (allowed.length > 0) {
    const allow = [...new Set(allowed)].sort().join(', ')
    const detail = `${path} does not know ${method}; it knows ${allow}`
    return new HttpProblem({ code: 'method_not_allowed', detail, headers: { allow } })
  }
  const near = [path.replace(/\/+$/, ''), `/v1${path}`].find((other) =>
    routes.some((route) => other !== path && patternOf(route.path).test(other)),
  )
  const guess =
    near ??
    suggestName(
      path,
      routes.map((route) => route.path),
    )
  const hint = guess === undefined ? '' : `did you mean ${guess}? `
  return new HttpProblem({
    code: 'not_found',
    detail: `there is nothing at ${path}; ${hint}GET /v1/openapi.json describes every path`,
  })
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
