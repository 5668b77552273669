import type Docker from 'dockerode'
import type { World } from '../world.ts'
import { statusOf } from './launch-error.ts'
import { type Scope, scopeLabels } from './task-labels.ts'

/**
 * Beside their own network, tasks are on one of the engine's on which names of Cloud Map's private namespaces are aliases:
 * the engine's resolver, which containers have there, answers with addresses that containers reach. The addresses that the
 * account shows are the host's, which they do not.
 */
export async function ensureDiscoveryNetwork(docker: Docker, scope: Scope): Promise<string> {
  const name = `ecs-emulator-${scope.id}`
  const [found] = await docker.listNetworks({ filters: JSON.stringify({ name: [`^${name}$`] }) })
  if (found !== undefined) return found.Id
  const body = { Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: scopeLabels(scope) }
  return (await docker.createNetwork(body)).id
}

export const hasPrivateNamespace = ({ namespaces }: World): boolean =>
  Object.values(namespaces).some(({ type }) => type === 'DNS_PRIVATE')

/** `web.net1`, for each registered instance with the address. */
export function namesOf({ discoveryInstances, discoveryServices, namespaces }: World, address: string): string[] {
  const names = Object.entries(discoveryInstances).flatMap(([serviceId, instances]) => {
    const service = discoveryServices[serviceId]
    const namespace = namespaces[service?.namespaceId ?? '']
    const isNamed = Object.values(instances).some(({ AWS_INSTANCE_IPV4 }) => AWS_INSTANCE_IPV4 === address)
    if (!isNamed || service === undefined || namespace?.type !== 'DNS_PRIVATE') return []
    return [`${service.name}.${namespace.name}`]
  })
  return names.toSorted()
}

/** Puts a container onto the network under these names, in place of those that it had. */
export async function joinDiscovery(
  docker: Docker,
  network: string,
  container: string,
  names: readonly string[],
): Promise<void> {
  const { NetworkSettings } = await docker.getContainer(container).inspect()
  const isThere = Object.values(NetworkSettings.Networks).some(({ NetworkID }) => NetworkID === network)
  if (isThere) await docker.getNetwork(network).disconnect({ Container: container, Force: true })
  try {
    await docker.getNetwork(network).connect({ Container: container, EndpointConfig: { Aliases: [...names] } })
  } catch (error) {
    // A container that has ended meanwhile needs no names.
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error
  }
}
