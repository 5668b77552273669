import type { FastifyInstance } from 'fastify'

/** On every answer: its request's id, and nothing that a browser could cache or take for something else. */
export function answerHeaders(app: FastifyInstance, stopping: AbortSignal): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })
  // A connection that a client keeps for later would keep the server from closing.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) void reply.header('connection', 'close')
  })
}
