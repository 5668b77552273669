import type { FastifyInstance } from 'fastify'
import type { BackendDeps } from './backend-deps.ts'
import type { ClientStreams } from './http/client-streams.ts'
import { registerUnsupportedRoutes } from './http/unsupported-routes.ts'
import { createImageOperations } from './images/image-operations.ts'
import { registerImageRoutes } from './images/image-routes.ts'
import { registerSystemRoutes } from './system/system-routes.ts'

/** Background work behind the routes. */
export interface BackendWork {
  /** Called before anybody is served: what was left unfinished, and what AWS has that the store does not know. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Wires the operations, once, to both surfaces. */
export function registerRoutes(app: FastifyInstance, _streams: ClientStreams, deps: BackendDeps): BackendWork {
  registerSystemRoutes(app, deps)
  registerUnsupportedRoutes(app)
  const images = createImageOperations(deps)
  registerImageRoutes(app, images, deps)
  return { start: async () => {}, close: async () => {} }
}
