import type { FastifyInstance } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import { BACKEND_VERSION } from '../backend-version.ts'
import { reportCapabilities } from './capabilities.ts'
import { describeInfo, describeVersion } from './describe-backend.ts'

/** What the backend says about itself, on both surfaces. */
export function registerSystemRoutes(app: FastifyInstance, deps: BackendDeps): void {
  // Answers HEAD too, which is what the docker command line begins with.
  app.get('/_ping', async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').header('Cache-Control', 'no-cache').send('OK'),
  )
  for (const surface of ['', '/internal/v1']) {
    app.get(`${surface}/version`, async () => describeVersion(deps))
    app.get(`${surface}/info`, async () => describeInfo(deps))
  }
  app.get('/internal/v1/capabilities', async () => reportCapabilities(BACKEND_VERSION, deps.settings))
}
