import type { FastifyInstance } from 'fastify'

/** On every answer: its request's id, and nothing that a browser could cache or take for something else. */
export function answerHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    })
  })
}
