import { fastifyRateLimit } from '@fastify/rate-limit'
import type { LandlordSettings } from '@landlord/settings'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HttpProblem } from './http-problem.ts'

/** Each throws `HttpProblem` when it was one too many. */
export interface RateLimits {
  /** One more request of the principal; the answer says how many are left. */
  countRequest(request: FastifyRequest, reply: FastifyReply): Promise<void>
  /** One more attempt without a valid token from the address. A valid token gets in all the same. */
  countRefusal(request: FastifyRequest): Promise<void>
}

const WINDOW_MS = 60_000
/** Of principals, and of addresses; whoever was not heard of for longest is forgotten first. */
const MAX_COUNTED = 10_000

/** Counts in this process only: each server of an installation grants as much. */
export async function limitRates(
  app: FastifyInstance,
  settings: LandlordSettings['access']['rate_limit'],
): Promise<RateLimits> {
  await app.register(fastifyRateLimit, { global: false, cache: MAX_COUNTED, timeWindow: WINDOW_MS })
  const take = app.createRateLimit({
    max: settings.requests_per_minute,
    keyGenerator: (request) => request.principal.principal,
  })
  // By address: of IPv6, by the /64 that one customer of a provider has.
  const takeRefusal = app.createRateLimit({ max: settings.refused_per_minute })
  return {
    async countRequest(request, reply) {
      const left = await take(request)
      if (left.isAllowed) return
      void reply.headers({
        'ratelimit-limit': left.max,
        'ratelimit-remaining': left.remaining,
        'ratelimit-reset': left.ttlInSeconds,
      })
      if (left.isExceeded) throw tooMany(`more than ${left.max} requests a minute`, left.ttlInSeconds)
    },
    async countRefusal(request) {
      const left = await takeRefusal(request)
      if (left.isAllowed || !left.isExceeded) return
      throw tooMany(`more than ${left.max} attempts a minute without a valid token`, left.ttlInSeconds)
    },
  }
}

function tooMany(what: string, seconds: number): HttpProblem {
  return new HttpProblem({
    code: 'rate_limited',
    detail: `${what}; wait ${seconds} s`,
    headers: { 'retry-after': String(seconds) },
  })
}
