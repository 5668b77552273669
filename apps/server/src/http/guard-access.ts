import { type RouteAccess, SCOPES } from '@landlord/api-contract'
import type { FastifyInstance } from 'fastify'
import { ANONYMOUS, type Principal } from '../tenants/actor.ts'
import { HttpProblem } from './http-problem.ts'
import { DOCS_PATH, OPENAPI_PATH } from './openapi.ts'
import { requireToken } from './require-token.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: RouteAccess
    installationWide?: boolean
  }
  interface FastifyRequest {
    principal: Principal
  }
}

export interface AccessDeps {
  /** Who sends this `authorization` header. Throws `HttpProblem` where that is nobody. */
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>
  readonly workerToken: string
}

/** What describes the API tells nothing about an installation. */
const OPEN_PATHS = [OPENAPI_PATH, DOCS_PATH]

/**
 * Lets a request pass to its route or not, whatever the route: its `access` says who may call it, and one that says
 * nothing is for admins.
 */
export function guardAccess(app: FastifyInstance, deps: AccessDeps): void {
  const requireWorker = requireToken(deps.workerToken)
  app.decorateRequest('principal')
  app.addHook('onRoute', (route) => {
    const isOpen = OPEN_PATHS.some((path) => route.url === path || route.url.startsWith(`${path}/`))
    if (isOpen) route.config = { ...route.config, access: 'open' }
  })
  app.addHook('onRequest', async (request) => {
    const { access = 'admin', installationWide = false } = request.routeOptions.config
    if (request.is404 || access === 'open') {
      request.principal = ANONYMOUS
    } else if (access === 'worker') {
      await requireWorker(request)
    } else {
      const principal = await deps.authenticate(request.headers.authorization)
      requireScope(principal, access)
      if (installationWide) requireWholeInstallation(principal)
      request.principal = principal
    }
  })
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
