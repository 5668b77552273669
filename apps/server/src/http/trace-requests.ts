import { noTracer, type Span, type Tracer, traceIdOf } from '@landlord/tracing'
import type { FastifyInstance, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    span: Span
  }
}

// What machines ask every few seconds, and the worker's side of an operation, whose own spans tell more.
const UNTRACED = /^\/(health|ready|metrics|internal\/.*)$/

/**
 * A span for each request, as part of the trace that the client names in `traceparent`. The answer and the log name the
 * trace. No query and no body is in it: both may hold what is nobody's business.
 */
export function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  app.decorateRequest('span')
  app.addHook('onRequest', async (request, reply) => {
    request.span = begin(request, tracer)
    const { traceParent } = request.span
    if (traceParent === undefined) return
    void reply.header('traceparent', traceParent)
    request.log = request.log.child({ trace_id: traceIdOf(traceParent) })
  })
  app.addHook('onResponse', async (request, reply) => {
    const { statusCode } = reply
    const attributes = { 'http.response.status_code': statusCode }
    request.span.end({ attributes, error: statusCode >= 500 ? String(statusCode) : undefined })
  })
}

function begin({ method, url, id, headers, routeOptions }: FastifyRequest, tracer: Tracer): Span {
  const path = url.split('?')[0] ?? url
  const parent = typeof headers.traceparent === 'string' ? headers.traceparent : undefined
  const route = routeOptions.url
  return (UNTRACED.test(path) ? noTracer : tracer).startSpan({
    name: route === undefined ? method : `${method} ${route}`,
    kind: 'server',
    parent,
    attributes: {
      'http.request.method': method,
      'url.path': path,
      'landlord.request_id': id,
      ...(route === undefined ? {} : { 'http.route': route }),
    },
  })
}
