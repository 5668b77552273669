import type { FastifyInstance } from 'fastify'
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
    const { count, requestIds } = calls.get(request) ?? noCalls()
    request.log.info(
      {
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
        ...(count === 0 ? {} : { aws_calls: count, aws_request_ids: requestIds }),
      },
      'request',
    )
  })
}
