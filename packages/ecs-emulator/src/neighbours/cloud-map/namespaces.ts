import { randomUUID } from 'node:crypto'
import type { DiscoveryOperationRecord, NamespaceRecord } from '../../discovery-records.ts'
import type { Emulator } from '../../emulator.ts'
import type { Simulation } from '../../simulation.ts'
import type { World } from '../../world.ts'
import { requireNamespace } from './find-discovery-records.ts'
import { page } from './page.ts'
import { discoveryId, epochSeconds, filterValues, type JsonInput, refusal, requiredText } from './read-input.ts'
import { addTags } from './tags.ts'

export const createPrivateDnsNamespace = (input: JsonInput, emulator: Emulator): unknown => {
  requiredText(input, 'Vpc')
  return createNamespace(input, emulator, 'DNS_PRIVATE')
}

export const createHttpNamespace = (input: JsonInput, emulator: Emulator): unknown =>
  createNamespace(input, emulator, 'HTTP')

/** There at once, and the operation with it (invented: AWS takes up to a minute). */
function createNamespace(input: JsonInput, emulator: Emulator, type: NamespaceRecord['type']): unknown {
  const simulation = emulator.simulation()
  const { namespaces } = simulation.world
  const name = requiredText(input, 'Name')
  if (Object.values(namespaces).some((namespace) => namespace.name === name)) {
    throw refusal('NamespaceAlreadyExists', `Namespace ${name} already exists.`)
  }
  const id = discoveryId('ns')
  const { region, id: account } = emulator.account
  const arn = `arn:aws:servicediscovery:${region}:${account}:namespace/${id}`
  namespaces[id] = { id, arn, name, type, createdAt: simulation.now() }
  addTags(simulation.world, arn, input.Tags)
  return { OperationId: recordOperation(simulation, 'CREATE_NAMESPACE', { NAMESPACE: id }) }
}

export function recordOperation(
  { world, now }: Simulation,
  type: DiscoveryOperationRecord['type'],
  targets: DiscoveryOperationRecord['targets'],
): string {
  const id = randomUUID()
  world.discoveryOperations[id] = { id, type, targets, at: now() }
  return id
}

export function getOperation(input: JsonInput, emulator: Emulator): unknown {
  const id = requiredText(input, 'OperationId')
  const operation = emulator.simulation().world.discoveryOperations[id]
  if (operation === undefined) throw refusal('OperationNotFound', `Operation ${id} was not found.`)
  const at = epochSeconds(operation.at)
  return {
    Operation: {
      Id: id,
      Type: operation.type,
      Status: 'SUCCESS',
      CreateDate: at,
      UpdateDate: at,
      Targets: operation.targets,
    },
  }
}

export function getNamespace(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  return { Namespace: view(world, requireNamespace(world, requiredText(input, 'Id'))) }
}

export function listNamespaces(input: JsonInput, emulator: Emulator): unknown {
  const { world } = emulator.simulation()
  const [types, names] = [filterValues(input, 'TYPE'), filterValues(input, 'NAME')]
  const found = Object.values(world.namespaces).filter(
    ({ type, name }) => types?.includes(type) !== false && names?.includes(name) !== false,
  )
  const { items, ...next } = page(found, input)
  return { Namespaces: items.map((namespace) => view(world, namespace)), ...next }
}

export function deleteNamespace(input: JsonInput, emulator: Emulator): unknown {
  const simulation = emulator.simulation()
  const { world } = simulation
  const { id, arn, name } = requireNamespace(world, requiredText(input, 'Id'))
  if (servicesOf(world, id) > 0) throw refusal('ResourceInUse', `Namespace ${name} still has services.`)
  delete world.namespaces[id]
  delete world.tags[arn]
  return { OperationId: recordOperation(simulation, 'DELETE_NAMESPACE', { NAMESPACE: id }) }
}

const servicesOf = ({ discoveryServices }: World, id: string): number =>
  Object.values(discoveryServices).filter(({ namespaceId }) => namespaceId === id).length

function view(world: World, { id, arn, name, type, createdAt }: NamespaceRecord): unknown {
  const dns =
    type === 'DNS_PRIVATE' ? { DnsProperties: { HostedZoneId: `Z${id.slice('ns-'.length).toUpperCase()}` } } : {}
  return {
    Id: id,
    Arn: arn,
    Name: name,
    Type: type,
    ServiceCount: servicesOf(world, id),
    Properties: { ...dns, HttpProperties: { HttpName: name } },
    CreateDate: epochSeconds(createdAt),
  }
}
