import { randomBytes } from 'node:crypto'
import type { Emulator } from '../../emulator.ts'
import type { LoadBalancerRecord } from '../../load-balancing-records.ts'
import type { XmlValue } from '../../query-protocol.ts'
import { QueryError } from '../query-neighbour.ts'
import { invalid, nameParameter, stringMembers, structureMembers } from './read-parameters.ts'
import { keepTags } from './tags.ts'

/** Hosted zone of the emulated load balancers (invented). */
const HOSTED_ZONE = 'Z00000000000000001'
const VPC = 'vpc-00000000000000001'

export const loadBalancingArn = ({ account }: Emulator, resource: string): string =>
  `arn:aws:elasticloadbalancing:${account.region}:${account.id}:${resource}`

/** The same name with the same settings gives what is there (documented). It is active at once (invented). */
export function createLoadBalancer(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const simulation = emulator.simulation()
  const { loadBalancers } = simulation.world
  const name = nameParameter(parameters)
  const wanted = {
    name,
    type: oneOf(parameters, 'Type', ['application', 'network'] as const),
    scheme: oneOf(parameters, 'Scheme', ['internet-facing', 'internal'] as const),
    subnets: subnetsOf(parameters),
    securityGroups: stringMembers(parameters, 'SecurityGroups'),
  }
  const existing = Object.values(loadBalancers).find((candidate) => candidate.name === name)
  if (existing !== undefined) {
    const same = JSON.stringify({ ...existing, ...wanted }) === JSON.stringify(existing)
    if (same) return { LoadBalancers: [view(emulator, existing)] }
    const message = `A load balancer with the same name '${name}' exists, but with different settings`
    throw new QueryError('DuplicateLoadBalancerName', message)
  }
  const kind = wanted.type === 'application' ? 'app' : 'net'
  const record: LoadBalancerRecord = {
    arn: loadBalancingArn(emulator, `loadbalancer/${kind}/${name}/${randomBytes(8).toString('hex')}`),
    ...wanted,
    createdAt: simulation.now(),
    dnsName: emulator.frontEnd.dnsName(name),
  }
  loadBalancers[record.arn] = record
  keepTags(parameters, simulation.world, record.arn)
  return { LoadBalancers: [view(emulator, record)] }
}

export function describeLoadBalancers(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const all = Object.values(emulator.simulation().world.loadBalancers)
  const arns = stringMembers(parameters, 'LoadBalancerArns')
  const names = stringMembers(parameters, 'Names')
  const missingName = names.find((name) => !all.some((record) => record.name === name))
  if (missingName !== undefined) {
    throw new QueryError('LoadBalancerNotFound', `Load balancers '[${missingName}]' not found`)
  }
  if (!arns.every((arn) => all.some((record) => record.arn === arn))) throw loadBalancerNotFound()
  const everything = arns.length === 0 && names.length === 0
  const found = all.filter(({ arn, name }) => everything || arns.includes(arn) || names.includes(name))
  return { LoadBalancers: found.map((record) => view(emulator, record)) }
}

/** Takes its listeners along; one that is not there counts as deleted (documented). */
export function deleteLoadBalancer(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const arn = parameters.get('LoadBalancerArn') ?? ''
  for (const listener of Object.values(world.listeners)) {
    if (listener.loadBalancerArn === arn) delete world.listeners[listener.arn]
  }
  delete world.loadBalancers[arn]
  delete world.tags[arn]
  return {}
}

export const loadBalancerNotFound = (): QueryError =>
  new QueryError('LoadBalancerNotFound', 'One or more load balancers not found')

function view({ account, frontEnd }: Emulator, record: LoadBalancerRecord): XmlValue {
  const { code, reason } = frontEnd.stateOf(record)
  return {
    LoadBalancerArn: record.arn,
    DNSName: record.dnsName,
    CanonicalHostedZoneId: HOSTED_ZONE,
    CreatedTime: new Date(record.createdAt).toISOString(),
    LoadBalancerName: record.name,
    Scheme: record.scheme,
    VpcId: VPC,
    State: { Code: code, ...(reason === undefined ? {} : { Reason: reason }) },
    Type: record.type,
    AvailabilityZones: record.subnets.map((subnet) => ({ ZoneName: `${account.region}a`, SubnetId: subnet })),
    SecurityGroups: record.securityGroups,
    IpAddressType: 'ipv4',
  }
}

function subnetsOf(parameters: URLSearchParams): string[] {
  const mapped = structureMembers(parameters, 'SubnetMappings').flatMap((mapping) => mapping.get('SubnetId') ?? [])
  const subnets = [...stringMembers(parameters, 'Subnets'), ...mapped]
  if (subnets.length === 0) throw invalid('At least one subnet must be specified')
  return subnets
}

/** The first one is the default (documented). */
function oneOf<Value extends string>(
  parameters: URLSearchParams,
  name: string,
  values: readonly [Value, ...Value[]],
): Value {
  const given = parameters.get(name) ?? values[0]
  const found = values.find((value) => value === given)
  if (found !== undefined) return found
  throw invalid(`${name} must be one of ${values.join(', ')} in this emulator, not '${given}'.`)
}
