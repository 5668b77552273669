import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import { badRequest, DockerError, noSuch, notOnEcs } from '../errors/docker-error.ts'
import { PRUNE_FILTERS, readPruneFilter } from '../http/prune.ts'
import { readFilters } from '../http/read-filters.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import type { ImageRecord } from '../store/records.ts'
import { findImages } from './find-images.ts'
import { imageCreatedAt, imageLabels } from './image-config.ts'
import type { ImageOperations, PullResult } from './image-operations.ts'
import { familiarName, familiarReference, parseReference } from './image-reference.ts'
import { toImageHistory, toImageInspect, toImageSummary } from './image-views.ts'
import { listImages } from './list-images.ts'
import { readRegistryAuth } from './registry-credentials.ts'

const FILTERS = ['reference', 'label', 'dangling', 'before', 'since']

/** Images, on both surfaces. Names have slashes, so everything behind `/images/` is one route for each method. */
export function registerImageRoutes(
  app: FastifyInstance,
  images: ImageOperations,
  { store, closing, now }: Pick<BackendDeps, 'store' | 'closing' | 'now'>,
): void {
  const recordsOf = (name: string): [ImageRecord, ...ImageRecord[]] => {
    const [found] = findImages(images.list(), name)
    if (found === undefined) throw noSuch('image', name)
    return [found, ...images.list().filter(({ id, reference }) => id === found.id && reference !== found.reference)]
  }

  app.get<{ Querystring: Query }>('/images/json', async ({ query }) =>
    listImages(images.list(), readFilters(query.filters, FILTERS)).map((records) =>
      toImageSummary(records, store.containers.list().filter(({ imageId }) => imageId === records[0].id).length),
    ),
  )
  app.get<{ Querystring: Query }>('/images/search', async () => {
    throw notOnEcs('docker search', 'registries are read here, not searched; use the web page of the registry')
  })
  app.get('/images/get', async () => {
    throw notOnEcs('docker save', 'layers stay in the registry; save it from there, e.g. with skopeo')
  })
  for (const surface of ['', '/internal/v1']) {
    app.get<{ Params: { '*': string } }>(`${surface}/images/*`, async ({ params }) => {
      const [, name = '', view] = /^(.+?)(?:\/(json|history|get))?$/.exec(params['*']) ?? []
      if (view === 'get')
        throw notOnEcs('docker save', 'layers stay in the registry; save it from there, e.g. with skopeo')
      if (view === undefined && surface === '') throw new DockerError({ status: 404, message: 'page not found' })
      return view === 'history' ? toImageHistory(recordsOf(name)) : toImageInspect(recordsOf(name))
    })
    app.post<{ Params: { '*': string }; Querystring: Query; Body: unknown }>(
      `${surface}/images/*`,
      async (request, reply) => {
        const { params, query } = request
        const [, name = '', verb] = /^(.+)\/(tag|push)$/.exec(params['*']) ?? []
        if (verb === 'push')
          throw notOnEcs('docker push', 'layers stay in the registry; copy them there, e.g. with skopeo')
        if (verb === undefined) throw new DockerError({ status: 404, message: 'page not found' })
        const repository = query.repo ?? ''
        if (repository === '') throw badRequest('the query parameter repo must name the new reference')
        await images.tag(name, query.tag ? `${repository}:${query.tag}` : repository)
        return reply.status(201).send()
      },
    )
  }
  app.delete<{ Params: { '*': string }; Querystring: Query }>('/images/*', async ({ params, query }) =>
    images.remove(params['*'], { force: isTrue(query.force) }),
  )
  app.post<{ Querystring: Query }>('/images/prune', async ({ query }) => {
    const filters = readFilters(query.filters, ['dangling', ...PRUNE_FILTERS])
    const dangling = filters.get('dangling')?.[0]
    const fits = readPruneFilter(filters, now())
    const removals = await images.prune({
      all: dangling === 'false' || dangling === '0',
      fits: ({ config }) => fits({ labels: imageLabels(config), createdAt: imageCreatedAt(config) }),
    })
    return { ImagesDeleted: removals, SpaceReclaimed: 0 }
  })
  app.post<{ Querystring: Query }>('/images/create', (request, reply) => pull(images, request, reply, closing))
  app.post<{ Body: { image?: string; platform?: string } | undefined }>(
    '/internal/v1/images/pull',
    async ({ body, headers }) => {
      if (!body?.image) throw badRequest('the body must name an image: {"image":"busybox:latest"}')
      const credentials = readRegistryAuth(header(headers['x-registry-auth']))
      const { image } = await images.pull({
        reference: body.image,
        platform: body.platform,
        credentials,
        signal: closing,
      })
      return toImageInspect(recordsOf(image.reference))
    },
  )
}

async function pull(
  images: ImageOperations,
  { query, headers }: FastifyRequest<{ Querystring: Query }>,
  reply: FastifyReply,
  closing: AbortSignal,
): Promise<void> {
  if (query.fromSrc) throw notOnEcs('docker import', 'layers live in registries; build an image and push it')
  if (!query.fromImage) throw badRequest('the query parameter fromImage must name an image')
  const { fromImage, tag = '' } = query
  const text = tag === '' ? fromImage : `${fromImage}${tag.startsWith('sha256:') ? '@' : ':'}${tag}`
  const reference = parseReference(text)
  // What is known before the first line is an HTTP error, so that clients see it as one.
  const result = await images.pull({
    reference: text,
    credentials: readRegistryAuth(header(headers['x-registry-auth'])),
    platform: query.platform,
    signal: closing,
  })
  reply.type('application/json')
  await reply.send(
    `${pullLines(familiarName(reference), reference.tag ?? reference.digest ?? '', familiarReference(reference), result)
      .map((line) => JSON.stringify(line))
      .join('\r\n')}\r\n`,
  )
}

function pullLines(name: string, tag: string, familiar: string, { image, isNew }: PullResult): object[] {
  return [
    { status: `Pulling from ${name}`, id: tag },
    { status: `Digest: ${image.digest}` },
    ...(image.needsCredentials === true
      ? [
          {
            status:
              'Warning: ECS pulls with the execution role, not with your password; for a private registry it needs a copy in ECR',
          },
        ]
      : []),
    { status: `Status: ${isNew ? 'Downloaded newer image for' : 'Image is up to date for'} ${familiar}` },
  ]
}

const header = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value)
