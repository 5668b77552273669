import type { FastifyInstance } from 'fastify'
import { registerArchiveRoutes } from './archive/archive-routes.ts'
import { registerAttachRoutes } from './attach/attach-routes.ts'
import type { BackendDeps } from './backend-deps.ts'
import { createContainerChanges } from './containers/container-changes.ts'
import type { ContainerDeps } from './containers/container-deps.ts'
import { createContainerOperations } from './containers/container-operations.ts'
import { registerContainerRoutes, viewContextOf } from './containers/container-routes.ts'
import { launch } from './containers/start-container.ts'
import { takeOverTask } from './containers/take-over-task.ts'
import { createTaskDefinitions } from './containers/task-definitions.ts'
import { createTaskWatch } from './containers/task-watch.ts'
import { toContainerSummary } from './containers/views/to-container-summary.ts'
import { registerEventRoutes } from './events/event-routes.ts'
import { createExecOperations } from './execs/exec-operations.ts'
import { registerExecRoutes } from './execs/exec-routes.ts'
import { registerTopRoute } from './execs/top-route.ts'
import type { ClientStreams } from './http/client-streams.ts'
import { registerUnsupportedRoutes } from './http/unsupported-routes.ts'
import { createImageOperations } from './images/image-operations.ts'
import { registerImageRoutes } from './images/image-routes.ts'
import { toImageSummary } from './images/image-views.ts'
import { listImages } from './images/list-images.ts'
import { createLogGroup } from './logs/log-group.ts'
import { registerLogRoutes } from './logs/log-routes.ts'
import { createLogStreamReader } from './logs/log-stream-reader.ts'
import { createNetworkOperations } from './networks/network-operations.ts'
import { registerDiskUsageRoute } from './system/disk-usage-route.ts'
import { registerSystemRoutes } from './system/system-routes.ts'
import { createVolumeOperations } from './volumes/volume-operations.ts'

/** Background work behind the routes. */
export interface BackendWork {
  /** Called before anybody is served: what was left unfinished, and what AWS has that the store does not know. */
  start(): Promise<void>
  close(): Promise<void>
}

/** Wires the operations, once, to both surfaces. */
export function registerRoutes(app: FastifyInstance, streams: ClientStreams, deps: BackendDeps): BackendWork {
  const images = createImageOperations(deps)
  const watch = createTaskWatch(deps, (id, task) => takeOverTask(containerDeps, id, task, restart))
  const containerDeps: ContainerDeps = {
    ...deps,
    images,
    networks: createNetworkOperations(deps.store),
    volumes: createVolumeOperations(),
    changes: createContainerChanges(deps.store.containers),
    definitions: createTaskDefinitions(deps),
    watch,
    ensureLogGroup: createLogGroup(deps),
  }
  const restart = async (id: string): Promise<void> => {
    // Stopped or removed during the pause, or the process stops: the next one goes on.
    if (deps.closing.aborted || deps.store.containers.get(id)?.state.status !== 'restarting') return
    deps.store.containers.update(id, (record) => ({ ...record, restartCount: record.restartCount + 1 }))
    await launch(containerDeps, id).catch((error: unknown) =>
      deps.logger.error({ err: error, container: id }, 'restart failed'),
    )
  }
  const containers = createContainerOperations(containerDeps)
  registerSystemRoutes(app, deps)
  registerUnsupportedRoutes(app)
  registerImageRoutes(app, images, deps)
  registerContainerRoutes(app, { ...deps, containers, images })
  const reader = createLogStreamReader(deps)
  registerLogRoutes(app, streams, { ...deps, containers, reader })
  registerAttachRoutes(streams, { ...deps, containers, reader })
  const execs = createExecOperations({ ...deps, containers })
  registerExecRoutes(app, streams, execs)
  registerTopRoute(app, execs, deps.closing)
  registerArchiveRoutes(app, execs, deps.closing)
  registerEventRoutes(app, deps)
  registerDiskUsageRoute(app, deps.store, {
    images: () => listImages(images.list(), new Map()).map((records) => toImageSummary(records, 0)),
    containers: () => deps.store.containers.list().map((record) => toContainerSummary(record, viewContextOf(deps))),
  })
  return { start: () => containers.recover(), close: async () => watch.close() }
}
