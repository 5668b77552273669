import type { Emulator } from '../../emulator.ts'
import { requireDiscoveryService } from './find-discovery-records.ts'
import { recordOperation } from './namespaces.ts'
import { type JsonInput, refusal, requiredText, structure } from './read-input.ts'

/** An instance that is there already gets the new attributes (documented). There at once (invented). */
export function registerInstance(input: JsonInput, emulator: Emulator): unknown {
  const simulation = emulator.simulation()
  const service = requireDiscoveryService(simulation.world, requiredText(input, 'ServiceId'))
  const id = requiredText(input, 'InstanceId')
  const attributes = Object.entries(structure(input.Attributes) ?? {}).map(([name, value]) => [name, String(value)])
  const given = Object.fromEntries(attributes) as Record<string, string>
  if (service.dnsRecords.some(({ type }) => type === 'A') && given.AWS_INSTANCE_IPV4 === undefined) {
    throw refusal('InvalidInput', 'AWS_INSTANCE_IPV4 is needed for the A records of the service.')
  }
  const { discoveryInstances } = simulation.world
  discoveryInstances[service.id] = { ...discoveryInstances[service.id], [id]: given }
  emulator.runtime.discover?.()
  return { OperationId: recordOperation(simulation, 'REGISTER_INSTANCE', { INSTANCE: id, SERVICE: service.id }) }
}

export function deregisterInstance(input: JsonInput, emulator: Emulator): unknown {
  const simulation = emulator.simulation()
  const service = requireDiscoveryService(simulation.world, requiredText(input, 'ServiceId'))
  const id = requiredText(input, 'InstanceId')
  const { [id]: gone, ...others } = simulation.world.discoveryInstances[service.id] ?? {}
  if (gone === undefined) throw refusal('InstanceNotFound', `Instance ${id} was not found.`)
  simulation.world.discoveryInstances[service.id] = others
  emulator.runtime.discover?.()
  return { OperationId: recordOperation(simulation, 'DEREGISTER_INSTANCE', { INSTANCE: id, SERVICE: service.id }) }
}
