import type { FastifyInstance, FastifyReply } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import { badRequest, notOnEcs } from '../errors/docker-error.ts'
import { untilClosed } from '../http/client-streams.ts'
import { readFilters } from '../http/read-filters.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import { findImages } from '../images/find-images.ts'
import type { ImageOperations } from '../images/image-operations.ts'
import type { ContainerRecord, DockerCreateBody } from '../store/records.ts'
import type { ContainerOperations } from './container-operations.ts'
import { lookUpContainer } from './find-container.ts'
import { CONTAINER_FILTERS, type FilterContext, matchesFilters } from './views/matches-filters.ts'
import { toContainerInspect } from './views/to-container-inspect.ts'
import { toContainerSummary } from './views/to-container-summary.ts'
import type { ViewContext } from './views/view-context.ts'
import { checkCondition, sendLater, waitForContainer } from './wait-route.ts'

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

interface RouteDeps extends Pick<BackendDeps, 'store' | 'settings' | 'now' | 'closing'> {
  readonly containers: ContainerOperations
  readonly images: ImageOperations
}

/** Containers, on both surfaces: the internal one has the same names behind its prefix. */
export function registerContainerRoutes(app: FastifyInstance, deps: RouteDeps): void {
  const { containers, store } = deps
  const context = viewContextOf(deps)
  for (const surface of ['', '/internal/v1']) {
    const path = (rest: string): string => `${surface}/containers${rest}`
    const create = async ({ query, body }: { query: Query; body: unknown }, reply: FastifyReply) => {
      const { name, ...rest } = (body ?? {}) as DockerCreateBody & { name?: string }
      reply.status(201)
      return await containers.create({ name: query.name ?? name, body: rest })
    }
    app.post<{ Querystring: Query }>(path(surface === '' ? '/create' : ''), create)
    app.get<{ Querystring: Query }>(path(surface === '' ? '/json' : ''), async ({ query }) =>
      list(await containers.listFresh(), query, deps).map((record) => toContainerSummary(record, context)),
    )
    app.get<Route>(path(surface === '' ? '/:id/json' : '/:id'), async ({ params }) =>
      toContainerInspect(await containers.findFresh(params.id), context),
    )
    app.post<Route>(path('/:id/start'), async ({ params }, reply) => {
      const isNew = await containers.start(params.id, gone(reply, deps))
      return reply.status(isNew ? 204 : 304).send()
    })
    app.post<Route>(path('/:id/stop'), async ({ params }, reply) => {
      const wasRunning = await containers.stop(params.id, gone(reply, deps))
      return reply.status(wasRunning ? 204 : 304).send()
    })
    app.post<Route>(path('/:id/kill'), async ({ params, query }, reply) => {
      await containers.kill(params.id, query.signal || 'KILL')
      return reply.status(204).send()
    })
    app.delete<Route>(path('/:id'), async ({ params, query }, reply) => {
      await containers.remove(params.id, { force: isTrue(query.force) })
      return reply.status(204).send()
    })
    app.post<Route>(path('/:id/wait'), async ({ params, query }, reply) => {
      const condition = checkCondition(query.condition ?? '')
      containers.find(params.id)
      await sendLater(reply, waitForContainer(containers, params.id, condition, gone(reply, deps)))
    })
  }
  registerDockerOnly(app, deps, store)
}

function registerDockerOnly(app: FastifyInstance, deps: RouteDeps, store: RouteDeps['store']): void {
  const { containers } = deps
  app.post<Route>('/containers/:id/restart', async ({ params }, reply) => {
    await containers.restart(params.id, gone(reply, deps))
    return reply.status(204).send()
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
    const filters = readFilters(query.filters, ['label', 'until'])
    if (filters.has('until')) throw badRequest("the filter 'until' is not known here; use label")
    const ended = (await containers.listFresh()).filter(
      ({ live, state }) => live !== true && state.status !== 'restarting',
    )
    const chosen = ended.filter((record) => matchesFilters(record, filters, filterContextOf(deps)))
    for (const { id } of chosen)
      if (store.containers.get(id) !== undefined) await containers.remove(id, { force: false })
    return { ContainersDeleted: chosen.map(({ id }) => id), SpaceReclaimed: 0 }
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

export const viewContextOf = ({
  store,
  settings,
  now,
}: Pick<RouteDeps, 'store' | 'settings' | 'now'>): ViewContext => ({
  settings: settings.ecs,
  now,
  findNetwork: (id) => store.networks.get(id),
  findImage: (id) => store.images.list().find((image) => image.id === id),
})

const filterContextOf = (deps: RouteDeps): FilterContext => ({
  ...viewContextOf(deps),
  imagesNamed: (name) => findImages(deps.images.list(), name).map(({ id }) => id),
  findContainer: (name) => lookUpContainer(deps.store, name),
})

/** Aborted when the client is gone or the backend stops. */
const gone = (reply: FastifyReply, { closing }: RouteDeps): AbortSignal => untilClosed(reply.raw, closing).signal
