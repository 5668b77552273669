import type { FastifyInstance } from 'fastify'

/** Nothing that a browser could cache, run, frame or take for something else. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const

/** A year, after which a browser that has been here may try plain HTTP again. */
const STRICT_TRANSPORT = { 'strict-transport-security': 'max-age=31536000' }

/** On every answer: its request's id, and what a browser must not do with it. A page that needs more says so itself. */
export function answerHeaders(
  app: FastifyInstance,
  { isHttps, stopping }: { readonly isHttps: boolean; readonly stopping: AbortSignal },
): void {
  const always = { ...SECURITY_HEADERS, ...(isHttps ? STRICT_TRANSPORT : {}) }
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({ 'x-request-id': request.id, ...always })
  })
  // A connection that a client keeps for later would keep the server from closing.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping.aborted) void reply.header('connection', 'close')
  })
}
