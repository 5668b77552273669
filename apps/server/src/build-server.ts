import { routes, workerRoutes } from '@landlord/api-contract'
import { type FastifyInstance, fastify, LogController } from 'fastify'
import { answerHeaders } from './http/answer-headers.ts'
import { auditRefusals } from './http/audit-refusals.ts'
import { guardAccess } from './http/guard-access.ts'
import { guardLoopback } from './http/guard-loopback.ts'
import { answerClientError, handleErrors, sendProblem } from './http/handle-errors.ts'
import { logRequests } from './http/log-requests.ts'
import { DOCS_PATH, OPENAPI_PATH, registerOpenapi } from './http/openapi.ts'
import { parseJsonBody } from './http/parse-json-body.ts'
import { registerRoutes } from './http/register-routes.ts'
import { requestIdOf } from './http/request-identity.ts'
import type { TlsMaterial } from './http/tls-files.ts'
import { traceRequests } from './http/trace-requests.ts'
import { computeRoutes } from './routes/compute-routes.ts'
import { driftRoutes } from './routes/drift-routes.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { historyRoutes } from './routes/history-routes.ts'
import { logsRoute } from './routes/logs-route.ts'
import { METRICS_PATH, registerMetrics } from './routes/metrics-route.ts'
import { orphanRoutes } from './routes/orphan-routes.ts'
import { planRoutes } from './routes/plan-routes.ts'
import { systemRoutes } from './routes/system-routes.ts'
import { tenantRoutes } from './routes/tenant-routes.ts'
import { tokenRoutes } from './routes/token-routes.ts'
import { webhookRoutes } from './routes/webhook-routes.ts'
import { registerWorkerApi } from './routes/worker-api.ts'
import type { ServerDeps } from './server-deps.ts'

const MAX_BODY_BYTES = 1_048_576
/** For a request to arrive, not to be answered: a client that sends a byte a minute must not hold a connection. */
const REQUEST_TIMEOUT_MS = 60_000
const MAX_PARAMETER_LENGTH = 200

/** Wires the HTTP API. Opens and starts nothing. */
export async function buildServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = fastify({
    loggerInstance: deps.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    genReqId: (request) => requestIdOf(request.headers),
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    frameworkErrors: sendProblem,
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    trustProxy: [...deps.trustedProxies],
    ...(deps.tls === undefined ? {} : { https: httpsOptions(deps.tls) }),
  }) as unknown as FastifyInstance
  // Requests are checked by the contract's schemas in words for people, and answers are typed by them.
  app.setValidatorCompiler(() => () => true)
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))
  parseJsonBody(app)
  answerHeaders(app, { isHttps: deps.tls !== undefined, stopping: deps.stopping })
  traceRequests(app, deps.tracer)
  logRequests(app)
  auditRefusals(app, deps)
  // Where everybody has a token, a page in somebody's browser has none to send along.
  if (!deps.isGuarded) guardLoopback(app, deps.host)
  await guardAccess(app, deps)
  const otherPaths = [OPENAPI_PATH, DOCS_PATH, ...(deps.metrics === undefined ? [] : [METRICS_PATH])]
  handleErrors(app, [
    ...Object.values(routes),
    ...Object.values(workerRoutes),
    ...otherPaths.map((path) => ({ method: 'GET', path })),
  ])
  await registerOpenapi(app)
  if (deps.metrics !== undefined) registerMetrics(app, deps.metrics)
  registerRoutes(app, routes, {
    ...tenantRoutes(deps),
    ...historyRoutes(deps),
    ...planRoutes(deps),
    ...driftRoutes(deps),
    ...eventRoutes(deps),
    ...webhookRoutes(deps),
    ...logsRoute(deps),
    ...computeRoutes(deps),
    ...orphanRoutes(deps),
    ...tokenRoutes(deps),
    ...systemRoutes(deps),
  })
  registerWorkerApi(app, deps)
  return app
}

function httpsOptions(tls: TlsMaterial) {
  const isMutual = tls.ca !== undefined
  return { ...tls, requestCert: isMutual, rejectUnauthorized: isMutual }
}
