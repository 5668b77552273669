import type { Emulator } from '../emulator.ts'
import { listParameter, type XmlValue } from '../query-protocol.ts'
import type { TaskNetwork } from '../world.ts'
import { type FilterValues, filterItems } from './ec2-filters.ts'
import {
  authorizeSecurityGroupIngress,
  createSecurityGroup,
  createTags,
  deleteSecurityGroup,
  describeSecurityGroups,
  VPC,
} from './ec2-security-groups.ts'
import { QueryError, type QueryNeighbour } from './query-neighbour.ts'

export const EC2: QueryNeighbour = {
  version: '2016-11-15',
  style: 'flat',
  operations: {
    AuthorizeSecurityGroupIngress: authorizeSecurityGroupIngress,
    CreateSecurityGroup: createSecurityGroup,
    CreateTags: createTags,
    DeleteSecurityGroup: deleteSecurityGroup,
    DescribeSubnets: describeSubnets,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
  },
  writes: new Set(['AuthorizeSecurityGroupIngress', 'CreateSecurityGroup', 'CreateTags', 'DeleteSecurityGroup']),
}

/** Every well-formed subnet is there, in the one VPC of the account (invented). */
function describeSubnets(parameters: URLSearchParams, { account }: Emulator): XmlValue {
  const ids = listParameter(parameters, 'SubnetId')
  const subnets = (ids.length > 0 ? ids : ['subnet-00000000000000001']).map((subnetId) => {
    wellFormed(subnetId, 'subnet', 'InvalidSubnetID.Malformed')
    return {
      subnetId,
      subnetArn: `arn:aws:ec2:${account.region}:${account.id}:subnet/${subnetId}`,
      state: 'available',
      vpcId: VPC,
      cidrBlock: '10.0.0.0/8',
      availableIpAddressCount: 65_000,
      availabilityZone: `${account.region}a`,
      defaultForAz: false,
      mapPublicIpOnLaunch: false,
      ownerId: account.id,
    }
  })
  const known: FilterValues<(typeof subnets)[number]> = {
    'availability-zone': ({ availabilityZone }) => [availabilityZone],
    state: ({ state }) => [state],
    'subnet-id': ({ subnetId }) => [subnetId],
    'vpc-id': ({ vpcId }) => [vpcId],
  }
  return { subnetSet: filterItems(parameters, subnets, known) }
}

function describeNetworkInterfaces(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const ids = listParameter(parameters, 'NetworkInterfaceId')
  const tasks = Object.values(emulator.simulation().world.tasks).filter(
    (task) => task.attached && task.lastStatus !== 'STOPPED',
  )
  const missing = ids.find((id) => !tasks.some(({ network }) => network?.networkInterfaceId === id))
  if (missing !== undefined) {
    throw new QueryError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${missing}' does not exist`)
  }
  const interfaces = tasks.flatMap(({ network, arn }) =>
    network === undefined || !(ids.length === 0 || ids.includes(network.networkInterfaceId))
      ? []
      : [networkInterface(emulator, network, arn)],
  )
  return { networkInterfaceSet: filterItems(parameters, interfaces, INTERFACE_FILTERS) }
}

type NetworkInterface = ReturnType<typeof networkInterface>

const privateAddress = ({ privateIpAddress }: NetworkInterface): string[] => [privateIpAddress]
const INTERFACE_FILTERS: FilterValues<NetworkInterface> = {
  'addresses.private-ip-address': privateAddress,
  'association.public-ip': ({ association }) => (association === undefined ? [] : [association.publicIp]),
  'availability-zone': ({ availabilityZone }) => [availabilityZone],
  description: ({ description }) => [description],
  'group-id': ({ groupSet }) => groupSet.map(({ groupId }) => groupId),
  'network-interface-id': ({ networkInterfaceId }) => [networkInterfaceId],
  'private-ip-address': privateAddress,
  status: ({ status }) => [status],
  'subnet-id': ({ subnetId }) => [subnetId],
  'vpc-id': ({ vpcId }) => [vpcId],
}

function networkInterface({ account }: Emulator, network: TaskNetwork, taskArn: string) {
  const { networkInterfaceId, subnetId, macAddress, privateIp, publicIp, securityGroups } = network
  const association = publicIp === undefined ? {} : { association: { publicIp, ipOwnerId: 'amazon' } }
  return {
    networkInterfaceId,
    subnetId,
    vpcId: VPC,
    availabilityZone: `${account.region}a`,
    description: taskArn,
    ownerId: account.id,
    status: 'in-use',
    interfaceType: 'interface',
    macAddress,
    privateIpAddress: privateIp,
    groupSet: securityGroups.map((groupId) => ({ groupId, groupName: groupId })),
    ...association,
    privateIpAddressesSet: [{ privateIpAddress: privateIp, primary: true, ...association }],
  }
}

function wellFormed(id: string, prefix: string, code: string): void {
  if (!new RegExp(`^${prefix}-[0-9a-z]+$`).test(id)) throw new QueryError(code, `Invalid id: "${id}"`)
}
