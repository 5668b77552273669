import { badRequest } from '../../errors/docker-error.ts'
import { fitsFilters, hasLabel } from '../../http/read-filters.ts'
import { imageLabels } from '../../images/image-config.ts'
import type { ContainerRecord, NetworkRecord } from '../../store/records.ts'
import { exposedPorts, portKey, readPorts } from '../definition/read-ports.ts'
import { imageOf } from './to-container-inspect.ts'
import type { ViewContext } from './view-context.ts'

/** Each with its values, of which one must fit; all keys must. */
export type Filters = ReadonlyMap<string, readonly string[]>

/** What else the filters ask about. */
export interface FilterContext extends Pick<ViewContext, 'findImage' | 'findNetwork'> {
  /** Ids of images that the reference, id or its beginning means, and of those that are made from them. */
  readonly imagesNamed: (name: string) => readonly string[]
  /** The container that a name, id or its beginning means. */
  readonly findContainer: (name: string) => ContainerRecord | undefined
}

type Test = (record: ContainerRecord, value: string, context: FilterContext) => boolean

const STATUSES = ['created', 'restarting', 'running', 'removing', 'paused', 'exited', 'dead']

const TESTS: Readonly<Record<string, Test>> = {
  id: ({ id }, value) => id.startsWith(value),
  name: ({ name }, value) => asPattern(value).test(name) || asPattern(value).test(`/${name}`),
  label: (record, value, context) => hasLabel(containerLabels(record, context), value),
  status: ({ state }, value) => {
    if (STATUSES.includes(value)) return state.status === value
    throw badRequest(`invalid filter 'status=${value}'`)
  },
  exited: ({ state }, value) => state.status === 'exited' && state.exitCode === asInteger('exited', value),
  health: ({ state }, value) => (state.health ?? 'none') === value,
  ancestor: ({ imageId, config }, value, context) =>
    config.Image === value || context.imagesNamed(value).includes(imageId),
  network: ({ networks }, value, context) =>
    (networks.length === 0 && value === 'bridge') ||
    networks.some(({ networkId }) => isNetwork(context.findNetwork(networkId), value)),
  volume: ({ mounts }, value) => mounts.some(({ volume, target }) => volume === value || target === value),
  publish: (record, value, context) => hasPort(readPorts(record.config, imageOf(record, context)).map(portKey), value),
  expose: (record, value, context) => {
    const image = imageOf(record, context)
    return hasPort([...readPorts(record.config, image), ...exposedPorts(record.config, image)].map(portKey), value)
  },
  before: (record, value, context) => isOlder(record, context.findContainer(value), value),
  since: (record, value, context) => {
    const other = context.findContainer(value)
    return other !== undefined && record.id !== other.id && !isOlder(record, other, value)
  },
  'is-task': (_record, value) => value !== 'true' && value !== '1',
}

/** What `docker ps --filter` knows. */
export const CONTAINER_FILTERS: readonly string[] = Object.keys(TESTS)

/** Whether a container is one that the filters ask for. Throws 400 for values that are none. */
export function matchesFilters(record: ContainerRecord, filters: Filters, context: FilterContext): boolean {
  return fitsFilters(filters, (key, value) => {
    const test = TESTS[key]
    if (test === undefined) throw badRequest(`invalid filter '${key}'`)
    return test(record, value, context)
  })
}

/** Its own, and those of its image. */
export const containerLabels = (
  { imageId, config }: ContainerRecord,
  context: FilterContext,
): Record<string, string> => ({
  ...imageLabels(context.findImage(imageId)?.config),
  ...config.Labels,
})

const isNetwork = (network: NetworkRecord | undefined, value: string): boolean =>
  network !== undefined && (network.name === value || network.id.startsWith(value))

const hasPort = (keys: readonly string[], value: string): boolean =>
  keys.includes(value.includes('/') ? value : `${value}/tcp`)

function isOlder(record: ContainerRecord, other: ContainerRecord | undefined, name: string): boolean {
  if (other === undefined) throw badRequest(`No such container: ${name}`)
  return record.createdAt < other.createdAt
}

function asPattern(value: string): RegExp {
  try {
    return new RegExp(value)
  } catch (cause) {
    throw Object.assign(badRequest(`invalid filter 'name=${value}': it is no regular expression`), { cause })
  }
}

function asInteger(filter: string, value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value)
  throw badRequest(`invalid filter '${filter}=${value}': it is no number`)
}
