import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { isAsked } from '../containers/definition/host-config.ts'
import { hasLabel } from '../containers/views/matches-filters.ts'
import { notOnEcs } from '../errors/docker-error.ts'
import { readFilters } from '../http/read-filters.ts'
import type { Query } from '../http/read-query.ts'
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
export function registerVolumeRoutes(app: FastifyInstance, volumes: VolumeOperations): void {
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
    app.delete<Route>(`${surface}/volumes/:name`, async ({ params }, reply) => {
      await volumes.remove(params.name)
      return reply.status(204).send()
    })
  }
  app.post<{ Querystring: Query }>('/volumes/prune', async ({ query }) => {
    const { all, ...others } = Object.fromEntries(readFilters(query.filters, ['label', 'all']))
    const isAll = all?.[0] === 'true' || all?.[0] === '1'
    const unused = volumes
      .list()
      .filter(({ name }) => volumes.usersOf(name).length === 0 && (isAll || isAnonymous(name)))
      .filter((volume) => matches(volume, new Map(Object.entries(others)), volumes))
    for (const { name } of unused) await volumes.remove(name)
    return { VolumesDeleted: unused.map(({ name }) => name), SpaceReclaimed: 0 }
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
): boolean => [...filters].every(([key, values]) => values.some((value) => TESTS[key]?.(volume, value, volumes)))
