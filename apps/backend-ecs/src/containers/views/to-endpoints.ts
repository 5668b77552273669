import type { ContainerRecord } from '../../store/records.ts'
import type { ViewContext } from './view-context.ts'

const DEFAULT_NETWORK = 'bridge'

/** `NetworkSettings.Networks`, by name. The address is the task's in the VPC, on every network the same. */
export function toEndpoints(
  record: ContainerRecord,
  context: Pick<ViewContext, 'findNetwork'>,
): Record<string, object> {
  const named = record.networks.flatMap(({ networkId, aliases }) => {
    const network = context.findNetwork(networkId)
    return network === undefined ? [] : [[network.name, toEndpoint(record, networkId, aliases)] as const]
  })
  if (named.length > 0) return Object.fromEntries(named)
  return { [DEFAULT_NETWORK]: toEndpoint(record, DEFAULT_NETWORK, []) }
}

/** What `HostConfig.NetworkMode` reads: the first network, or Docker's word for none in particular. */
export function networkModeOf(record: ContainerRecord, context: Pick<ViewContext, 'findNetwork'>): string {
  const [first] = record.networks
  return (first === undefined ? undefined : context.findNetwork(first.networkId)?.name) ?? DEFAULT_NETWORK
}

function toEndpoint(record: ContainerRecord, networkId: string, aliases: readonly string[]): object {
  const isConnected = record.state.status === 'running' && record.address !== undefined
  return {
    IPAMConfig: null,
    Links: null,
    Aliases: aliases,
    DNSNames: [record.name, ...aliases, record.id.slice(0, 12)],
    NetworkID: networkId,
    EndpointID: isConnected ? record.id : '',
    Gateway: '',
    IPAddress: isConnected ? record.address : '',
    IPPrefixLen: 0,
    IPv6Gateway: '',
    GlobalIPv6Address: '',
    GlobalIPv6PrefixLen: 0,
    MacAddress: '',
    DriverOpts: null,
  }
}
