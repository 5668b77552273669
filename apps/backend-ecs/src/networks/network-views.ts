import type { EcsSettings } from '../settings/backend-settings.ts'
import type { ContainerRecord, NetworkRecord } from '../store/records.ts'

/** The network of containers that name none: the settings' own subnets and security groups. */
export function toBridge(settings: EcsSettings, members: readonly ContainerRecord[]): Record<string, unknown> {
  const options = {
    'ecs.subnets': settings.subnets.join(','),
    'ecs.security-groups': settings.security_groups.join(','),
  }
  return view({ id: 'bridge', name: 'bridge', createdAt: new Date(0).toISOString(), labels: {} }, options, members)
}

/** The body of `GET /networks/{id}`, and one entry of the list. */
export function toNetwork(network: NetworkRecord, members: readonly ContainerRecord[]): Record<string, unknown> {
  const { securityGroupId = '', namespaceId = '', domain = '' } = network
  const options = { 'ecs.security-group': securityGroupId, 'ecs.namespace': namespaceId, 'ecs.domain': domain }
  return view(network, options, members)
}

function view(
  { id, name, createdAt, labels }: Pick<NetworkRecord, 'id' | 'name' | 'createdAt' | 'labels'>,
  options: Readonly<Record<string, string>>,
  members: readonly ContainerRecord[],
): Record<string, unknown> {
  return {
    Name: name,
    Id: id,
    Created: createdAt,
    Scope: 'local',
    Driver: 'bridge',
    EnableIPv6: false,
    IPAM: { Driver: 'default', Options: null, Config: [] },
    Internal: false,
    Attachable: false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: Object.fromEntries(
      members
        .filter(({ state }) => state.status === 'running')
        .map((member) => [
          member.id,
          {
            Name: member.name,
            EndpointID: member.id,
            MacAddress: '',
            IPv4Address: `${member.address ?? ''}/32`,
            IPv6Address: '',
          },
        ]),
    ),
    Options: options,
    Labels: labels,
  }
}
