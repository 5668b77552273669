import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { collectCalls, noCalls, type RequestCalls } from './request-calls.ts'

/** One line for each request. No headers, no bodies and no query: environments and credentials travel in them. */
export function logRequests(app: FastifyInstance): void {
  const calls = new WeakMap<object, RequestCalls>()
  app.addHook('onRequest', (request, _reply, done) => {
    const own = noCalls()
    calls.set(request, own)
    collectCalls(own, done)
  })
  app.addHook('onResponse', async (request, reply) => {
    const { method, url } = request
    const own = calls.get(request) ?? noCalls()
    logRequest(request.log, { method, url, status: reply.statusCode, elapsedMs: reply.elapsedTime, calls: own })
  })
}

interface AnsweredRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  /** 101: the connection became a stream, which has ended. */
  readonly status: number
  readonly elapsedMs: number
  readonly calls: RequestCalls
}

export function logRequest(log: FastifyBaseLogger, { method, url, status, elapsedMs, calls }: AnsweredRequest): void {
  log.info(
    {
      method,
      path: url?.split('?')[0],
      status,
      duration_ms: Math.round(elapsedMs * 10) / 10,
      ...(calls.count === 0 ? {} : { aws_calls: calls.count, aws_request_ids: calls.requestIds }),
    },
    'request',
  )
}
