import { type RouteAccess, SCOPES } from '@landlord/api-contract'
import type { LandlordSettings } from '@landlord/settings'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Authenticate } from '../access/authenticate.ts'
import { type Principal, STRANGER } from '../tenants/actor.ts'
import { HttpProblem } from './http-problem.ts'
import { limitRates, type RateLimits } from './limit-rates.ts'
import { DOCS_PATH, OPENAPI_PATH } from './openapi.ts'
import { requireWorkerToken } from './require-worker-token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
    installationWide?: boolean
  }
  interface FastifyRequest {
    principal: Principal
    /** Rejects with `HttpProblem` once the token that let the request in is revoked or expired. */
    authenticateAgain: (() => Promise<unknown>) | undefined
  }
}

export interface AccessDeps {
  /** Whether anybody is asked for a token. */
  readonly isGuarded: boolean
  readonly authenticate: Authenticate
  /** Absent: nothing is counted. */
  readonly rateLimit?: LandlordSettings['access']['rate_limit']
  readonly workerTokens: readonly string[]
}

/** What describes the API tells nothing about an installation. */
const OPEN_PATHS = [OPENAPI_PATH, DOCS_PATH]

/**
 * Lets a request pass to its route or not, whatever the route: its `access` says who may call it, and one that says
 * nothing is for admins.
 */
export async function guardAccess(app: FastifyInstance, deps: AccessDeps): Promise<void> {
  const requireWorker = requireWorkerToken(deps.workerTokens)
  app.decorateRequest('principal')
  app.decorateRequest('authenticateAgain', undefined)
  app.addHook('onRoute', (route) => {
    const isOpen = OPEN_PATHS.some((path) => route.url === path || route.url.startsWith(`${path}/`))
    if (isOpen) route.config = { ...route.config, access: 'open' }
  })
  const limits = deps.rateLimit === undefined ? undefined : await limitRates(app, deps.rateLimit)
  app.addHook('onRequest', async (request, reply) => {
    const { access = 'admin', installationWide = false } = request.routeOptions.config
    request.principal = STRANGER
    if (request.is404) return
    const authenticate = () => deps.authenticate(request.headers.authorization)
    if (access === 'open') {
      request.principal = await authenticate().catch(() => STRANGER)
    } else if (access === 'worker') {
      await counted(limits, request, async () => requireWorker(request))
    } else {
      request.principal = await counted(limits, request, authenticate)
      await limits?.countRequest(request, reply)
      request.authenticateAgain = deps.isGuarded ? authenticate : undefined
      requireScope(request.principal, access)
      if (installationWide) requireWholeInstallation(request.principal)
    }
  })
}

async function counted<Result>(
  limits: RateLimits | undefined,
  request: FastifyRequest,
  attempt: () => Promise<Result>,
): Promise<Result> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof HttpProblem && error.code === 'unauthorized') await limits?.countRefusal(request)
    throw error
  }
}

function requireScope({ scope }: Principal, needed: Exclude<RouteAccess, 'open' | 'worker'>): void {
  if (scope !== undefined && SCOPES.indexOf(scope) >= SCOPES.indexOf(needed)) return
  throw new HttpProblem({
    code: 'forbidden',
    detail: `this needs the scope "${needed}", and your token has ${scope === undefined ? 'none' : `"${scope}"`}; use a token of that scope`,
  })
}

function requireWholeInstallation({ selector }: Principal): void {
  if (selector.length === 0) return
  throw new HttpProblem({
    code: 'forbidden',
    detail:
      'this concerns the whole installation, and your token is limited to some tenants by a label selector; use a token without one',
  })
}
