import type { DiscoveryServiceRecord, NamespaceRecord } from '../../discovery-records.ts'
import type { World } from '../../world.ts'
import { idOf, refusal } from './read-input.ts'

/** @throws EcsError NamespaceNotFound */
export function requireNamespace({ namespaces }: World, reference: string): NamespaceRecord {
  const found = namespaces[idOf(reference)]
  if (found !== undefined) return found
  throw refusal('NamespaceNotFound', `Namespace ${reference} was not found.`)
}

/** @throws EcsError ServiceNotFound */
export function requireDiscoveryService({ discoveryServices }: World, reference: string): DiscoveryServiceRecord {
  const found = discoveryServices[idOf(reference)]
  if (found !== undefined) return found
  throw refusal('ServiceNotFound', `Service ${reference} was not found.`)
}
