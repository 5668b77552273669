import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import { isAsked } from '../containers/definition/host-config.ts'
import { notOnEcs } from '../errors/docker-error.ts'
import { PRUNE_FILTERS, readPruneFilter, removeEach } from '../http/prune.ts'
import { fitsFilters, hasLabel, readFilters } from '../http/read-filters.ts'
import { isTrue, type Query } from '../http/read-query.ts'
import type { VolumeRecord } from '../store/records.ts'
import type { VolumeOperations } from './volume-operations.ts'

interface VolumeCreateBody {
  readonly Name?: string
  readonly Driver?: string
  readonly DriverOpts?: Readonly<Record<string, string>> | null
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly ClusterVolumeSpec?: unknown
}

interface Route {
  readonly Params: { readonly name: string }
  readonly Querystring: Query
}

/** Volumes, on both surfaces. */
export function registerVolumeRoutes(
  app: FastifyInstance,
  { volumes, now }: Pick<BackendDeps, 'now'> & { readonly volumes: VolumeOperations },
): void {
  for (const surface of ['', '/internal/v1']) {
    app.get<{ Querystring: Query }>(`${surface}/volumes`, async ({ query }) => {
      const filters = readFilters(query.filters, Object.keys(TESTS))
      return {
        Volumes: volumes
          .list()
          .filter((volume) => matches(volume, filters, volumes))
          .map(toVolume),
        Warnings: [],
      }
    })
    app.get<Route>(`${surface}/volumes/:name`, async ({ params }) => toVolume(volumes.find(params.name)))
    app.post<{ Body: VolumeCreateBody | undefined }>(
      `${surface}/volumes${surface === '' ? '/create' : ''}`,
      async ({ body = {} }, reply) => {
        const { Name, Driver = 'local', DriverOpts, Labels, ClusterVolumeSpec } = body
        if (Driver !== '' && Driver !== 'local')
          throw notOnEcs(`--driver ${Driver}`, 'volumes are access points of EFS (local)')
        if (isAsked(DriverOpts))
          throw notOnEcs(
            `--opt ${Object.keys(DriverOpts ?? {}).join(', ')}`,
            'an access point of EFS has no such option',
          )
        if (isAsked(ClusterVolumeSpec)) throw notOnEcs('a cluster volume', 'volumes are access points of EFS (local)')
        const name = Name || randomBytes(32).toString('hex')
        reply.status(201)
        return toVolume(await volumes.ensure({ name, labels: Labels ?? {} }))
      },
    )
    app.delete<Route>(`${surface}/volumes/:name`, async ({ params, query }, reply) => {
      await volumes.remove(params.name, { force: isTrue(query.force) })
      return reply.status(204).send()
    })
  }
  app.post<{ Querystring: Query }>('/volumes/prune', async ({ query }) => {
    const filters = readFilters(query.filters, ['all', ...PRUNE_FILTERS])
    const isAll = isTrue(filters.get('all')?.[0])
    const fits = readPruneFilter(filters, now())
    const unused = volumes
      .list()
      .filter(({ name }) => volumes.usersOf(name).length === 0 && (isAll || isAnonymous(name)))
      .filter(({ labels, createdAt }) => fits({ labels, createdAt: Date.parse(createdAt) }))
    const removed = await removeEach(unused, ({ name }) => volumes.remove(name, { force: false }))
    return { VolumesDeleted: removed.map(({ name }) => name), SpaceReclaimed: 0 }
  })
}

/** One that Docker named, for somebody who did not. */
const isAnonymous = (name: string): boolean => /^[0-9a-f]{64}$/.test(name)

const toVolume = ({
  name,
  createdAt,
  labels,
  fileSystemId,
  accessPointId = '',
  path,
}: VolumeRecord): Record<string, unknown> => ({
  Name: name,
  Driver: 'local',
  Mountpoint: `${fileSystemId}:${path}`,
  CreatedAt: createdAt,
  Labels: labels,
  Scope: 'local',
  Options: null,
  Status: { 'efs.file-system': fileSystemId, 'efs.access-point': accessPointId },
})

type Test = (volume: VolumeRecord, value: string, volumes: VolumeOperations) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  name: ({ name }, value) => name.includes(value),
  label: ({ labels }, value) => hasLabel(labels, value),
  driver: (_volume, value) => value === 'local',
  dangling: ({ name }, value, volumes) => (volumes.usersOf(name).length === 0) === (value === 'true' || value === '1'),
}

const matches = (
  volume: VolumeRecord,
  filters: ReadonlyMap<string, readonly string[]>,
  volumes: VolumeOperations,
): boolean => fitsFilters(filters, (key, value) => TESTS[key]?.(volume, value, volumes) === true)
