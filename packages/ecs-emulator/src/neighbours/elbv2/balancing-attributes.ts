import type { Emulator } from '../../emulator.ts'
import type { XmlValue } from '../../query-protocol.ts'
import { QueryError } from '../query-neighbour.ts'
import { loadBalancerNotFound } from './load-balancers.ts'
import { invalid, required, structureMembers } from './read-parameters.ts'

/** Documented defaults, as far as clients read them back; the emulator acts on none of them. */
const OF_ALL = {
  'access_logs.s3.bucket': '',
  'access_logs.s3.enabled': 'false',
  'access_logs.s3.prefix': '',
  'deletion_protection.enabled': 'false',
}
const OF_LOAD_BALANCERS: Readonly<Record<'application' | 'network', Readonly<Record<string, string>>>> = {
  application: {
    ...OF_ALL,
    'idle_timeout.timeout_seconds': '60',
    'load_balancing.cross_zone.enabled': 'true',
    'routing.http2.enabled': 'true',
    'routing.http.drop_invalid_header_fields.enabled': 'false',
  },
  network: { ...OF_ALL, 'load_balancing.cross_zone.enabled': 'false' },
}
const OF_LISTENERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  TCP: { 'tcp.idle_timeout.seconds': '350' },
}

interface Attributed {
  readonly defaults: Readonly<Record<string, string>>
  readonly record: { attributes?: Record<string, string> }
}

export function describeLoadBalancerAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  return view(requireLoadBalancer(parameters, emulator))
}

export function modifyLoadBalancerAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  return modify(parameters, requireLoadBalancer(parameters, emulator))
}

export function describeListenerAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  return view(requireListener(parameters, emulator))
}

export function modifyListenerAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  return modify(parameters, requireListener(parameters, emulator))
}

function requireLoadBalancer(parameters: URLSearchParams, emulator: Emulator): Attributed {
  const record = emulator.simulation().world.loadBalancers[required(parameters, 'LoadBalancerArn')]
  if (record === undefined) throw loadBalancerNotFound()
  return { record, defaults: OF_LOAD_BALANCERS[record.type] }
}

function requireListener(parameters: URLSearchParams, emulator: Emulator): Attributed {
  const record = emulator.simulation().world.listeners[required(parameters, 'ListenerArn')]
  if (record === undefined) throw new QueryError('ListenerNotFound', 'One or more listeners not found')
  return { record, defaults: OF_LISTENERS[record.protocol] ?? {} }
}

function modify(parameters: URLSearchParams, attributed: Attributed): XmlValue {
  const changes = structureMembers(parameters, 'Attributes').map((change) => [
    change.get('Key') ?? '',
    change.get('Value') ?? '',
  ])
  const wrong = changes.find(([key]) => !/^[a-z0-9_.]{1,256}$/.test(key ?? ''))
  if (wrong !== undefined) throw invalid(`Attribute key '${wrong[0]}' is not recognized`)
  const { record } = attributed
  record.attributes = { ...record.attributes, ...Object.fromEntries(changes) }
  return view(attributed)
}

const view = ({ defaults, record }: Attributed): XmlValue => ({
  Attributes: Object.entries({ ...defaults, ...record.attributes }).map(([Key, Value]) => ({ Key, Value })),
})
