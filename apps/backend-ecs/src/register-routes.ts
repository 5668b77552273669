import type { FastifyInstance } from 'fastify'
import { registerArchiveRoutes } from './archive/archive-routes.ts'
import { registerAttachRoutes } from './attach/attach-routes.ts'
import type { BackendDeps } from './backend-deps.ts'
import { createBackgroundWork } from './background-work.ts'
import { createContainerChanges } from './containers/container-changes.ts'
import { registerContainerRoutes, viewContextOf } from './containers/container-routes.ts'
import { openContainers } from './containers/open-containers.ts'
import { toContainerSummary } from './containers/views/to-container-summary.ts'
import { registerEventRoutes } from './events/event-routes.ts'
import { createExecOperations } from './execs/exec-operations.ts'
import { registerExecRoutes } from './execs/exec-routes.ts'
import { registerTopRoute } from './execs/top-route.ts'
import type { ClientStreams } from './http/client-streams.ts'
import { registerUnsupportedRoutes } from './http/unsupported-routes.ts'
import { registerAuthRoute } from './images/auth-route.ts'
import { createImageOperations } from './images/image-operations.ts'
import { registerImageRoutes } from './images/image-routes.ts'
import { toImageSummary } from './images/image-views.ts'
import { listImages } from './images/list-images.ts'
import { registerLoadRoute } from './images/load/load-route.ts'
import { createLogGroup } from './logs/log-group.ts'
import { registerLogRoutes } from './logs/log-routes.ts'
import { createLogStreamReader } from './logs/log-stream-reader.ts'
import { createNetworkOperations } from './networks/network-operations.ts'
import { registerNetworkRoutes } from './networks/network-routes.ts'
import { createRecovery } from './store/recovery.ts'
import { registerDiskUsageRoute } from './system/disk-usage-route.ts'
import { registerSystemRoutes } from './system/system-routes.ts'
import { createVolumeOperations } from './volumes/volume-operations.ts'
import { registerVolumeRoutes } from './volumes/volume-routes.ts'

/** Background work behind the routes. */
export interface BackendWork {
  /** Called before anybody is served: what was left unfinished, and what AWS has that the store does not know. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Wires the operations, once, to both surfaces. */
export function registerRoutes(app: FastifyInstance, streams: ClientStreams, deps: BackendDeps): BackendWork {
  const images = createImageOperations(deps)
  const changes = createContainerChanges(deps.store.containers)
  const networks = createNetworkOperations({ ...deps, updateContainer: changes.update })
  const volumes = createVolumeOperations(deps)
  const background = createBackgroundWork(deps.logger, deps.closing)
  const { operations: containers, ...work } = openContainers({
    ...deps,
    background,
    images,
    networks,
    volumes,
    changes,
    ensureLogGroup: createLogGroup(deps),
  })
  registerSystemRoutes(app, deps)
  registerUnsupportedRoutes(app)
  registerAuthRoute(app, deps.closing)
  registerImageRoutes(app, images, deps)
  registerLoadRoute(app, images, deps.closing)
  registerContainerRoutes(app, streams, { ...deps, containers, images })
  const reader = createLogStreamReader(deps)
  registerLogRoutes(app, streams, { ...deps, containers, reader })
  registerAttachRoutes(streams, { ...deps, containers, reader })
  registerVolumeRoutes(app, { ...deps, volumes })
  registerNetworkRoutes(app, { ...deps, networks, containers })
  const execs = createExecOperations({ ...deps, containers })
  registerExecRoutes(app, streams, execs)
  registerTopRoute(app, execs, deps.closing)
  registerArchiveRoutes(app, execs, deps.closing)
  registerEventRoutes(app, { ...deps, containers })
  registerDiskUsageRoute(app, deps.store, {
    images: () =>
      listImages(images.list(), new Map()).map((records) =>
        toImageSummary(records, deps.store.containers.list().filter(({ imageId }) => imageId === records[0].id).length),
      ),
    usersOf: volumes.usersOf,
    containers: () => deps.store.containers.list().map((record) => toContainerSummary(record, viewContextOf(deps))),
  })
  const start = async (): Promise<void> => {
    // Containers refer to networks and volumes.
    const recover = createRecovery({ ...deps, background })
    await Promise.all([recover('networks', networks.recover), recover('volumes', volumes.recover)])
    await work.start(recover)
  }
  return { start, close: work.close }
}
