import type { FastifyInstance } from 'fastify'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { isAsked } from '../containers/definition/host-config.ts'
import { notOnEcs } from '../errors/docker-error.ts'
import { PRUNE_FILTERS, readPruneFilter, removeEach } from '../http/prune.ts'
import { fitsFilters, hasLabel, readFilters } from '../http/read-filters.ts'
import type { Query } from '../http/read-query.ts'
import type { NetworkRecord } from '../store/records.ts'
import type { NetworkOperations } from './network-operations.ts'
import { toBridge, toNetwork } from './network-views.ts'

interface NetworkCreateBody {
  readonly Name?: string
  readonly Driver?: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly [option: string]: unknown
}

interface ConnectBody {
  readonly Container?: string
  readonly EndpointConfig?: { readonly Aliases?: readonly string[] | null; readonly [option: string]: unknown } | null
}

interface Route {
  readonly Params: { readonly id: string }
  readonly Querystring: Query
}

type RouteDeps = Pick<BackendDeps, 'store' | 'settings' | 'now'> & {
  readonly networks: NetworkOperations
  readonly containers: Pick<ContainerOperations, 'find'>
}

/** Networks, on both surfaces. */
export function registerNetworkRoutes(
  app: FastifyInstance,
  { networks, containers, store, settings, now }: RouteDeps,
): void {
  const view = (network: NetworkRecord): Record<string, unknown> => toNetwork(network, networks.membersOf(network))
  const bridge = (): Record<string, unknown> =>
    toBridge(
      settings.ecs,
      store.containers.list().filter((container) => container.networks.length === 0),
    )

  for (const surface of ['', '/internal/v1']) {
    app.get<{ Querystring: Query }>(`${surface}/networks`, async ({ query }) => {
      const filters = readFilters(query.filters, Object.keys(TESTS))
      const found = networks.list().filter((network) => matches(network, filters, networks))
      return [...(matches(BRIDGE, filters, networks) ? [bridge()] : []), ...found.map(view)]
    })
    app.get<Route>(`${surface}/networks/:id`, async ({ params }) =>
      params.id === 'bridge' ? bridge() : view(networks.find(params.id)),
    )
    app.post<{ Body: NetworkCreateBody | undefined }>(
      `${surface}/networks${surface === '' ? '/create' : ''}`,
      async ({ body = {} }, reply) => {
        refuseUnsupported(body)
        const { id } = await networks.create({ name: body.Name ?? '', labels: body.Labels ?? {} })
        reply.status(201)
        return { Id: id, Warning: '' }
      },
    )
    app.post<Route & { Body: ConnectBody | undefined }>(`${surface}/networks/:id/connect`, async ({ params, body }) => {
      const { Aliases, ...others } = body?.EndpointConfig ?? {}
      const other = Object.entries(others).find(([, value]) => isAsked(value))
      if (other !== undefined) throw notOnEcs(`network connect: ${other[0]}`, 'the VPC gives addresses')
      await networks.connect(params.id, containers.find(body?.Container ?? ''), Aliases ?? [])
      return ''
    })
    app.post<Route & { Body: ConnectBody | undefined }>(
      `${surface}/networks/:id/disconnect`,
      async ({ params, body }) => {
        await networks.disconnect(params.id, containers.find(body?.Container ?? ''))
        return ''
      },
    )
    app.delete<Route>(`${surface}/networks/:id`, async ({ params }, reply) => {
      await networks.remove(params.id)
      return reply.status(204).send()
    })
    app.post<{ Querystring: Query }>(`${surface}/networks/prune`, async ({ query }) => {
      const fits = readPruneFilter(readFilters(query.filters, PRUNE_FILTERS), now())
      const unused = networks
        .list()
        .filter((network) => networks.membersOf(network).length === 0)
        .filter(({ labels, createdAt }) => fits({ labels, createdAt: Date.parse(createdAt) }))
      const removed = await removeEach(unused, ({ id }) => networks.remove(id))
      return { NetworksDeleted: removed.map(({ name }) => name) }
    })
  }
}

const BRIDGE: NetworkRecord = { id: 'bridge', name: 'bridge', createdAt: '', labels: {}, phase: 'ready' }

type Test = (network: NetworkRecord, value: string, networks: NetworkOperations) => boolean

const TESTS: Readonly<Record<string, Test>> = {
  // A part of the name is enough, as in Docker.
  name: ({ name }, value) => new RegExp(value).test(name),
  id: ({ id }, value) => id.startsWith(value),
  label: ({ labels }, value) => hasLabel(labels, value),
  driver: (_network, value) => value === 'bridge',
  scope: (_network, value) => value === 'local',
  type: ({ id }, value) => value === (id === 'bridge' ? 'builtin' : 'custom'),
  dangling: (network, value, networks) =>
    (network.id !== 'bridge' && networks.membersOf(network).length === 0) === (value === 'true' || value === '1'),
}

const matches = (
  network: NetworkRecord,
  filters: ReadonlyMap<string, readonly string[]>,
  networks: NetworkOperations,
): boolean => fitsFilters(filters, (key, value) => TESTS[key]?.(network, value, networks) === true)

/** What the VPC decides, or a security group cannot do. */
function refuseUnsupported(body: NetworkCreateBody): void {
  const { Driver = 'bridge', IPAM, Options } = body
  if (Driver !== '' && Driver !== 'bridge' && Driver !== 'default')
    throw notOnEcs(`--driver ${Driver}`, 'networks are security groups of the VPC (bridge)')
  const ipam = (IPAM ?? {}) as { Driver?: string; Config?: unknown; Options?: unknown }
  if (isAsked(ipam.Config) || isAsked(ipam.Options) || !['', 'default', undefined].includes(ipam.Driver)) {
    throw notOnEcs('--subnet and other addresses', 'the VPC gives addresses, from the subnets of the settings')
  }
  if (isAsked(Options))
    throw notOnEcs(`--opt ${Object.keys(Options as object).join(', ')}`, 'a security group has no such option')
  for (const [option, flag] of [
    ['Internal', '--internal'],
    ['EnableIPv6', '--ipv6'],
    ['Ingress', '--ingress'],
    ['ConfigOnly', '--config-only'],
  ] as const) {
    if (body[option] === true) throw notOnEcs(flag, 'the VPC decides it')
  }
}
