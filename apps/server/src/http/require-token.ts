import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { HttpProblem } from './http-problem.ts'

/** A hook that lets only this bearer token pass; compared in constant time. Throws `TypeError` for an empty token. */
export function requireToken(token: string): (request: FastifyRequest) => Promise<void> {
  if (token === '') throw new TypeError('the worker token is empty; set `worker.token`')
  // Digests have one length whatever was sent, so neither its length nor its content shows in the time taken.
  const expected = digest(token)
  return async (request) => {
    const sent = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    if (sent !== undefined && timingSafeEqual(digest(sent), expected)) return
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
