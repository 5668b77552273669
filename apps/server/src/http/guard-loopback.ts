import type { FastifyInstance } from 'fastify'
import { HttpProblem } from './http-problem.ts'

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']
const UNSAFE_METHODS = ['POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Keeps web pages away from a server without access control: one whose name was rebound to 127.0.0.1 shows in `Host`, one
 * that posts across origins in `Origin`.
 */
export function guardLoopback(app: FastifyInstance, configuredHost: string): void {
  const names = new Set([...LOOPBACK_NAMES, configuredHost.includes(':') ? `[${configuredHost}]` : configuredHost])
  app.addHook('onRequest', async (request) => {
    const host = request.headers.host
    if (host === undefined || !names.has(withoutPort(host))) {
      throw new HttpProblem({
        code: 'forbidden',
        detail: `the Host header must be one of ${[...names].join(', ')}, got ${JSON.stringify(host ?? '')}`,
      })
    }
    const origin = request.headers.origin
    if (origin === undefined || !UNSAFE_METHODS.includes(request.method)) return
    if (origin === `http://${host}` || origin === `https://${host}`) return
    throw new HttpProblem({
      code: 'forbidden',
      detail: `a page of ${JSON.stringify(origin.slice(0, 100))} may not change anything here; use a client outside the browser`,
    })
  })
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}
