import type { FastifyInstance } from 'fastify'

// Asked every few seconds by whoever watches the server; their answers are in the metrics.
const QUIET_PATHS = ['/health', '/ready', '/metrics']

/** One line for each request. No headers and no bodies: both may hold secrets. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const path = request.url.split('?')[0] ?? request.url
    const level = QUIET_PATHS.includes(path) && reply.statusCode < 500 ? 'debug' : 'info'
    request.log[level](
      {
        method: request.method,
        path,
        status: reply.statusCode,
        duration_ms: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request',
    )
  })
}
