import { DockerError } from '../errors/docker-error.ts'
import type { ContainerRecord, NetworkRecord } from '../store/records.ts'
import type { StateStore } from '../store/state-store.ts'

export interface NetworkOperations {
  /** By name, id, or the id's beginning. Throws 404. */
  find(name: string): NetworkRecord
  /** Of the networks, beside the settings' own. */
  securityGroups(networkIds: readonly string[]): string[]
  /** Domains that short names are looked up in. */
  searchDomains(networkIds: readonly string[]): string[]
  /** Makes a running container's address known under its names on all of its networks. Twice is once. */
  join(container: ContainerRecord): Promise<void>
  /** Takes its names away. Twice is once. */
  leave(container: ContainerRecord): Promise<void>
}

export function createNetworkOperations({ networks }: Pick<StateStore, 'networks'>): NetworkOperations {
  return {
    find(name) {
      const found = networks.get(name) ?? networks.byName(name)
      if (found === undefined) throw new DockerError({ status: 404, message: `network ${name} not found` })
      return found
    },
    securityGroups: () => [],
    searchDomains: () => [],
    join: async () => {},
    leave: async () => {},
  }
}
