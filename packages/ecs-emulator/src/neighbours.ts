import { randomBytes, randomUUID } from 'node:crypto'
import type { Emulator } from './emulator.ts'
import { isList, listParameter, toXml, type XmlValue } from './query-protocol.ts'
import { DEFAULT_SECURITY_GROUP } from './task-network.ts'
import type { TaskRecord } from './world.ts'

export interface QueryAnswer {
  readonly status: number
  readonly xml: string
}

type Neighbour = (parameters: URLSearchParams, emulator: Emulator) => XmlValue

class QueryError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = 'QueryError'
    this.code = code
  }
}

const STS: ReadonlyMap<string, Neighbour> = new Map(
  Object.entries({ GetCallerIdentity: callerIdentity, AssumeRole: assumeRole }),
)

const EC2: ReadonlyMap<string, Neighbour> = new Map(
  Object.entries({
    DescribeSubnets: describeSubnets,
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeNetworkInterfaces: describeNetworkInterfaces,
  }),
)

/** The few calls of STS and EC2 that go with ECS, in the query protocol; every other one is refused by name. */
export function callNeighbour(emulator: Emulator, body: string): QueryAnswer {
  const parameters = new URLSearchParams(body)
  const action = parameters.get('Action') ?? ''
  emulator.calls.set(action, (emulator.calls.get(action) ?? 0) + 1)
  try {
    const sts = STS.get(action)
    if (sts !== undefined) {
      const result = toXml(`${action}Result`, sts(parameters, emulator), 'member')
      const metadata = toXml('ResponseMetadata', { RequestId: randomUUID() }, 'member')
      return { status: 200, xml: `<${action}Response>${result}${metadata}</${action}Response>` }
    }
    const ec2 = EC2.get(action)
    if (ec2 === undefined) throw new QueryError('InvalidAction', `The operation ${action} is not emulated.`)
    const response = { requestId: randomUUID(), ...asStructure(ec2(parameters, emulator)) }
    return { status: 200, xml: toXml(`${action}Response`, response, 'item') }
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    return refused(error, parameters.get('Version') ?? '')
  }
}

/** EC2 nests its errors otherwise than STS does. */
function refused({ code, message }: QueryError, version: string): QueryAnswer {
  const error = { Code: code, Message: message }
  const isSts = version === '2011-06-15'
  const xml = isSts
    ? toXml('ErrorResponse', { Error: { Type: 'Sender', ...error }, RequestId: randomUUID() }, 'member')
    : toXml('Response', { Errors: { Error: error }, RequestID: randomUUID() }, 'item')
  return { status: 400, xml }
}

const asStructure = (value: XmlValue): Record<string, XmlValue> =>
  typeof value === 'object' && !isList(value) ? { ...value } : {}

function callerIdentity(_parameters: URLSearchParams, { account }: Emulator): XmlValue {
  return { Arn: `arn:aws:iam::${account.id}:root`, UserId: account.id, Account: account.id }
}

const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/(?:.*\/)?([^/]+)$/
const LONGEST_SESSION_S = 43_200

/** Any role may be assumed; the credentials lead to the same account (invented: the emulator has one). */
function assumeRole(parameters: URLSearchParams, { clock }: Emulator): XmlValue {
  const roleArn = parameters.get('RoleArn') ?? ''
  const session = parameters.get('RoleSessionName') ?? ''
  const seconds = Number(parameters.get('DurationSeconds') ?? 3600)
  const role = ROLE_ARN.exec(roleArn)?.[1]
  if (role === undefined) throw new QueryError('ValidationError', `${roleArn} is invalid`)
  if (!/^[\w+=,.@-]{2,64}$/.test(session)) {
    throw new QueryError('ValidationError', `RoleSessionName must be 2 to 64 of [\\w+=,.@-]: "${session}".`)
  }
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > LONGEST_SESSION_S) {
    throw new QueryError('ValidationError', `DurationSeconds must be from 900 to ${LONGEST_SESSION_S}.`)
  }
  const roleId = `AROA${randomBytes(8).toString('hex').toUpperCase()}`
  const arn = roleArn.replace(':iam:', ':sts:').replace(/:role\/.*$/, `:assumed-role/${role}/${session}`)
  return {
    Credentials: {
      AccessKeyId: `ASIA${randomBytes(8).toString('hex').toUpperCase()}`,
      SecretAccessKey: randomBytes(20).toString('hex'),
      SessionToken: randomBytes(32).toString('base64'),
      // Clients compare with their own clock, which a fast one must not outrun.
      Expiration: new Date(Math.max(clock.now(), Date.now()) + seconds * 1000).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: `${roleId}:${session}`, Arn: arn },
  }
}

const VPC = 'vpc-00000000000000001'

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
  return { subnetSet: subnets }
}

/** Every well-formed group is there, in the same VPC (invented). */
function describeSecurityGroups(parameters: URLSearchParams, { account }: Emulator): XmlValue {
  const ids = listParameter(parameters, 'GroupId')
  const groups = (ids.length > 0 ? ids : [DEFAULT_SECURITY_GROUP]).map((groupId) => {
    wellFormed(groupId, 'sg', 'InvalidGroupId.Malformed')
    const name = groupId === DEFAULT_SECURITY_GROUP ? 'default' : groupId
    return { groupId, groupName: name, groupDescription: name, vpcId: VPC, ownerId: account.id }
  })
  return { securityGroupInfo: groups }
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
  const wanted = tasks.filter(
    ({ network }) => network !== undefined && (ids.length === 0 || ids.includes(network.networkInterfaceId)),
  )
  return { networkInterfaceSet: wanted.map((task) => networkInterface(emulator, task)) }
}

function networkInterface({ account }: Emulator, { network, arn }: TaskRecord): XmlValue {
  if (network === undefined) return {}
  const { networkInterfaceId, subnetId, macAddress, privateIp, publicIp, securityGroups } = network
  const association = publicIp === undefined ? {} : { association: { publicIp, ipOwnerId: 'amazon' } }
  return {
    networkInterfaceId,
    subnetId,
    vpcId: VPC,
    availabilityZone: `${account.region}a`,
    description: arn,
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
