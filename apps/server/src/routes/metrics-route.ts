import type { FastifyInstance } from 'fastify'
import { EVENT_STREAM } from '../http/send-stream.ts'
import type { Metrics } from '../metrics/metrics.ts'

export const METRICS_PATH = '/metrics'

/** Measures every request by its route and serves the Prometheus page. */
export function registerMetrics(app: FastifyInstance, metrics: Metrics): void {
  app.addHook('onResponse', async (request, reply) => {
    // A stream lasts as long as somebody listens, which says nothing about the server.
    if (String(reply.getHeader('content-type')).startsWith(EVENT_STREAM)) return
    const route = request.routeOptions.url ?? '(unknown)'
    metrics.observeRequest({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
  })
  // A scraper needs no more than to read, but it counts tenants of everybody.
  const config = { access: 'read', installationWide: true } as const
  app.get(METRICS_PATH, { config }, async (_request, reply) => {
    const { registry } = metrics
    return reply.header('content-type', registry.contentType).send(await registry.metrics())
  })
}
