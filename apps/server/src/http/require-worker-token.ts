import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { HttpProblem } from './http-problem.ts'

/** Lets only these bearer tokens pass; compared in constant time. Throws `TypeError` for an empty one. */
export function requireWorkerToken(tokens: readonly string[]): (request: FastifyRequest) => void {
  if (tokens.includes('')) throw new TypeError('a worker token is empty; set `worker.token`')
  // Digests have one length whatever was sent, so neither its length nor its content shows in the time taken.
  const expected = tokens.map(digest)
  return (request) => {
    const sent = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    // Each is compared, whichever fits, for the same reason.
    const fitting = sent === undefined ? [] : expected.filter((one) => timingSafeEqual(digest(sent), one))
    if (fitting.length > 0) return
    throw new HttpProblem({
      code: 'unauthorized',
      detail: 'this path is for workers; send the worker token (`worker.token` in the settings) as a bearer token',
      headers: { 'www-authenticate': 'Bearer' },
    })
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
