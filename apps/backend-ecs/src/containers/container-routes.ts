import type { FastifyInstance, FastifyReply } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import { notOnEcs } from '../errors/docker-error.ts'
import { type ClientStreams, untilClosed } from '../http/client-streams.ts'
import { readFilters } from '../http/read-filters.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import { findImages } from '../images/find-images.ts'
import type { ImageOperations } from '../images/image-operations.ts'
import type { ContainerRecord, DockerCreateBody, ImageRecord } from '../store/records.ts'
import type { ContainerOperations } from './container-operations.ts'
import { refuseStopSignal } from './definition/refuse-unsupported.ts'
import { lookUpContainer } from './find-container.ts'
import { pruneContainers } from './prune-containers.ts'
import { CONTAINER_FILTERS, type FilterContext, matchesFilters } from './views/matches-filters.ts'
import { toContainerInspect } from './views/to-container-inspect.ts'
import { toContainerSummary } from './views/to-container-summary.ts'
import type { ViewContext } from './views/view-context.ts'
import { checkCondition, sendLater, waitForContainer } from './wait-route.ts'

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

interface RouteDeps extends Pick<BackendDeps, 'store' | 'settings' | 'now' | 'stopping'> {
  readonly containers: ContainerOperations
  readonly images: ImageOperations
}

/** Containers, on both surfaces: the internal one has the same names behind its prefix. */
export function registerContainerRoutes(app: FastifyInstance, streams: ClientStreams, deps: RouteDeps): void {
  const { containers } = deps
  for (const surface of ['', '/internal/v1']) {
    const path = (rest: string): string => `${surface}/containers${rest}`
    const create = async ({ query, body }: { query: Query; body: unknown }, reply: FastifyReply) => {
      const { name, ...rest } = (body ?? {}) as DockerCreateBody & { name?: string }
      reply.status(201)
      return await containers.create({ name: query.name ?? name, body: rest, platform: query.platform })
    }
    app.post<{ Querystring: Query }>(path(surface === '' ? '/create' : ''), create)
    app.get<{ Querystring: Query }>(path(surface === '' ? '/json' : ''), async ({ query }) => {
      const context = viewContextOf(deps)
      return list(await containers.listFresh(), query, deps).map((record) => toContainerSummary(record, context))
    })
    app.get<Route>(path(surface === '' ? '/:id/json' : '/:id'), async ({ params }) =>
      toContainerInspect(await containers.findFresh(params.id), viewContextOf(deps)),
    )
    app.post<Route>(path('/:id/start'), async ({ params }, reply) => {
      const isNew = await containers.start(params.id)
      return reply.status(isNew ? 204 : 304).send()
    })
    app.post<Route>(path('/:id/stop'), async ({ params, query }, reply) => {
      refuseStopSignal('stop --signal', query.signal)
      const wasRunning = await containers.stop(params.id)
      return reply.status(wasRunning ? 204 : 304).send()
    })
    app.post<Route>(path('/:id/kill'), async ({ params, query }, reply) => {
      await containers.kill(params.id, query.signal || 'KILL')
      return reply.status(204).send()
    })
    app.delete<Route>(path('/:id'), async ({ params, query }, reply) => {
      // Without this, the container itself would go.
      if (isTrue(query.link)) throw notOnEcs('docker rm --link', 'containers on one network find each other by name')
      await containers.remove(params.id, { force: isTrue(query.force) })
      return reply.status(204).send()
    })
    app.post<Route>(path('/:id/wait'), async ({ params, query }, reply) => {
      const condition = checkCondition(query.condition ?? '')
      containers.find(params.id)
      const { signal, release } = untilClosed(reply.raw, deps.stopping)
      await sendLater(reply, waitForContainer(containers, params.id, condition, signal)).finally(release)
    })
  }
  streams.websocket('/internal/v1/containers/:id/wait', async ({ params, query, signal }, accept) => {
    const { id = '' } = params
    const condition = checkCondition(query.get('condition') ?? '')
    containers.find(id)
    const socket = await accept()
    if (socket === undefined) return
    socket.send(JSON.stringify(await waitForContainer(containers, id, condition, signal)))
    socket.close()
  })
  registerDockerOnly(app, deps)
}

function registerDockerOnly(app: FastifyInstance, deps: RouteDeps): void {
  const { containers } = deps
  app.post<Route>('/containers/:id/restart', async ({ params, query }, reply) => {
    refuseStopSignal('restart --signal', query.signal)
    await containers.restart(params.id)
    return reply.status(204).send()
  })
  // The docker command line tells the size of its terminal whether there is one or not.
  app.post<Route>('/containers/:id/resize', async ({ params }, reply) => {
    containers.find(params.id)
    return reply.status(200).send()
  })
  app.post<Route>('/containers/:id/rename', async ({ params, query }, reply) => {
    await containers.rename(params.id, query.name ?? '')
    return reply.status(204).send()
  })
  app.post<Route & { Body: Record<string, unknown> | undefined }>(
    '/containers/:id/update',
    async ({ params, body }) => {
      containers.update(params.id, body ?? {})
      return { Warnings: [] }
    },
  )
  app.post<{ Querystring: Query }>('/containers/prune', async ({ query }) => {
    return await pruneContainers(query, filterContextOf(deps), deps)
  })
  for (const [method, verb, what, why] of UNSUPPORTED) {
    app.route<Route>({
      method,
      url: `/containers/:id/${verb}`,
      handler: async ({ params }) => {
        containers.find(params.id)
        throw notOnEcs(what, why)
      },
    })
  }
}

const UNSUPPORTED = [
  ['POST', 'pause', 'docker pause', 'Fargate cannot freeze a task; stop it'],
  ['POST', 'unpause', 'docker unpause', 'Fargate cannot freeze a task'],
  ['GET', 'stats', 'docker stats', 'Fargate measures tasks in CloudWatch (Container Insights)'],
  ['GET', 'changes', 'docker diff', "Fargate does not show a task's file system"],
  ['GET', 'export', 'docker export', "Fargate does not show a task's file system; copy parts of it with docker cp"],
] as const

function list(records: readonly ContainerRecord[], query: Query, deps: RouteDeps): ContainerRecord[] {
  const filters = readFilters(query.filters, CONTAINER_FILTERS)
  const context = filterContextOf(deps)
  const limit = Number(query.limit ?? 0)
  // Whoever asks for a state, an exit code or the last n means all containers.
  const isAll = isTrue(query.all) || filters.has('status') || filters.has('exited') || limit > 0
  const found = records
    .filter((record) => isAll || record.state.status === 'running' || record.state.status === 'restarting')
    .filter((record) => matchesFilters(record, filters, context))
    .toSorted((left, right) => right.createdAt.localeCompare(left.createdAt))
  return limit > 0 ? found.slice(0, limit) : found
}

/** For one request: many containers share few images. */
export function viewContextOf({ store, settings, now }: Pick<RouteDeps, 'store' | 'settings' | 'now'>): ViewContext {
  let images: Map<string, ImageRecord> | undefined
  return {
    settings: settings.ecs,
    now,
    findNetwork: (id) => store.networks.get(id),
    findImage(id) {
      images ??= new Map(store.images.list().map((image) => [image.id, image]))
      return images.get(id)
    },
  }
}

const filterContextOf = (deps: RouteDeps): FilterContext => ({
  ...viewContextOf(deps),
  imagesNamed: (name) => findImages(deps.images.list(), name).map(({ id }) => id),
  findContainer: (name) => lookUpContainer(deps.store, name),
})
