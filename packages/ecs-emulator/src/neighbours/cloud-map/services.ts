import type { DiscoveryServiceRecord, NamespaceRecord } from '../../discovery-records.ts'
import type { Emulator } from '../../emulator.ts'
import type { World } from '../../world.ts'
import { requireDiscoveryService, requireNamespace } from './find-discovery-records.ts'
import { instancesOf } from './instances.ts'
import { page } from './page.ts'
import {
  discoveryId,
  epochSeconds,
  filterValues,
  idOf,
  type JsonInput,
  refusal,
  requiredText,
  structure,
  structures,
} from './read-input.ts'
import { addTags } from './tags.ts'

export function createService(input: JsonInput, emulator: Emulator): unknown {
  const simulation = emulator.simulation()
  const { discoveryServices } = simulation.world
  const name = requiredText(input, 'Name')
  const dns = structure(input.DnsConfig)
  const namespace = requireNamespace(simulation.world, requiredText({ ...dns, ...input }, 'NamespaceId'))
  const all = Object.values(discoveryServices)
  if (all.some((service) => service.namespaceId === namespace.id && service.name === name)) {
    throw refusal('ServiceAlreadyExists', `Service ${name} already exists in namespace ${namespace.name}.`)
  }
  const id = discoveryId('srv')
  const { region, id: account } = emulator.account
  const record: DiscoveryServiceRecord = {
    id,
    arn: `arn:aws:servicediscovery:${region}:${account}:service/${id}`,
    name,
    namespaceId: namespace.id,
    createdAt: simulation.now(),
    type: typeOf(namespace, dns, input.Type),
    dnsRecords: structures(dns?.DnsRecords).map(({ Type, TTL }) => ({ type: String(Type), ttlSeconds: Number(TTL) })),
    routingPolicy: typeof dns?.RoutingPolicy === 'string' ? dns.RoutingPolicy : 'MULTIVALUE',
    hasCustomHealthCheck: input.HealthCheckCustomConfig !== undefined,
  }
  discoveryServices[id] = record
  addTags(simulation.world, record.arn, input.Tags)
  return { Service: view(simulation.world, record) }
}

function typeOf(
  namespace: NamespaceRecord,
  dns: JsonInput | undefined,
  asked: unknown,
): DiscoveryServiceRecord['type'] {
  if (dns === undefined || asked === 'HTTP') return 'HTTP'
  if (namespace.type === 'DNS_PRIVATE') return 'DNS_HTTP'
  throw refusal('InvalidInput', `Namespace ${namespace.name} is for HTTP only: leave DnsConfig out.`)
}

export function getService(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  return { Service: view(world, requireDiscoveryService(world, requiredText(input, 'Id'))) }
}

export function listServices(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const wanted = filterValues(input, 'NAMESPACE_ID')?.map((reference) => idOf(String(reference)))
  const found = Object.values(world.discoveryServices).filter(
    ({ namespaceId }) => wanted?.includes(namespaceId) !== false,
  )
  const { items, ...next } = page(found, input)
  return { Services: items.map((service) => view(world, service)), ...next }
}

export function deleteService(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const service = requireDiscoveryService(world, requiredText(input, 'Id'))
  if (instancesOf(world, service).length > 0) {
    throw refusal('ResourceInUse', `Service ${service.name} still has registered instances.`)
  }
  delete world.discoveryServices[service.id]
  delete world.discoveryInstances[service.id]
  delete world.tags[service.arn]
  return {}
}

function view(world: World, service: DiscoveryServiceRecord): unknown {
  const { id, arn, name, namespaceId, createdAt, type, dnsRecords, routingPolicy } = service
  const DnsRecords = dnsRecords.map((record) => ({ Type: record.type, TTL: record.ttlSeconds }))
  return {
    Id: id,
    Arn: arn,
    Name: name,
    NamespaceId: namespaceId,
    InstanceCount: instancesOf(world, service).length,
    Type: type,
    ...(type === 'HTTP' ? {} : { DnsConfig: { NamespaceId: namespaceId, RoutingPolicy: routingPolicy, DnsRecords } }),
    ...(service.hasCustomHealthCheck ? { HealthCheckCustomConfig: { FailureThreshold: 1 } } : {}),
    CreateDate: epochSeconds(createdAt),
  }
}
