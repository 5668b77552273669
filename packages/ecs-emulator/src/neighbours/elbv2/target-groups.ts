import { randomBytes } from 'node:crypto'
import type { Emulator } from '../../emulator.ts'
import type { TargetGroupRecord } from '../../load-balancing-records.ts'
import type { XmlValue } from '../../query-protocol.ts'
import { loadBalancersOf } from '../../target-health.ts'
import type { World } from '../../world.ts'
import { QueryError } from '../query-neighbour.ts'
import { loadBalancingArn } from './load-balancers.ts'
import { readHealthCheck } from './read-health-check.ts'
import {
  invalid,
  nameParameter,
  numberParameter,
  required,
  stringMembers,
  structureMembers,
} from './read-parameters.ts'
import { keepTags } from './tags.ts'

const VPC = 'vpc-00000000000000001'
const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP', 'TLS', 'UDP', 'TCP_UDP']

/** Documented defaults. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  'deregistration_delay.timeout_seconds': '300',
  'stickiness.enabled': 'false',
  'load_balancing.cross_zone.enabled': 'use_load_balancer_configuration',
}
const LONGEST_DELAY_S = 3600

/** The same name with the same settings gives what is there (documented). */
export function createTargetGroup(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const name = nameParameter(parameters)
  const protocol = required(parameters, 'Protocol')
  if (!PROTOCOLS.includes(protocol))
    throw invalid(`Protocol must be one of ${PROTOCOLS.join(', ')}, not '${protocol}'.`)
  const targetType = parameters.get('TargetType') ?? 'instance'
  if (targetType !== 'ip' && targetType !== 'instance') {
    throw invalid(`TargetType must be ip or instance in this emulator, not '${targetType}'.`)
  }
  required(parameters, 'Port')
  const port = numberParameter(parameters, 'Port', { from: 1, to: 65_535, otherwise: 0 })
  const settings = { name, protocol, port, targetType, healthCheck: readHealthCheck(parameters, protocol) } as const
  const existing = Object.values(world.targetGroups).find((group) => group.name === name)
  if (existing !== undefined) {
    const same = JSON.stringify({ ...existing, ...settings }) === JSON.stringify(existing)
    if (same) return { TargetGroups: [view(world, existing)] }
    const message = `A target group with the same name '${name}' exists, but with different settings`
    throw new QueryError('DuplicateTargetGroupName', message)
  }
  const arn = loadBalancingArn(emulator, `targetgroup/${name}/${randomBytes(8).toString('hex')}`)
  const record: TargetGroupRecord = { arn, ...settings, attributes: { ...ATTRIBUTES }, targets: [] }
  world.targetGroups[arn] = record
  keepTags(parameters, world, arn)
  return { TargetGroups: [view(world, record)] }
}

export function describeTargetGroups(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const all = Object.values(world.targetGroups)
  const arns = stringMembers(parameters, 'TargetGroupArns')
  const names = stringMembers(parameters, 'Names')
  const loadBalancer = parameters.get('LoadBalancerArn')
  const isThere = arns.every((arn) => world.targetGroups[arn] !== undefined)
  if (!isThere || !names.every((name) => all.some((group) => group.name === name))) throw targetGroupNotFound()
  const found = all.filter(
    ({ arn, name }) =>
      (arns.length === 0 || arns.includes(arn)) &&
      (names.length === 0 || names.includes(name)) &&
      (loadBalancer === null || loadBalancersOf(world, arn).includes(loadBalancer)),
  )
  return { TargetGroups: found.map((group) => view(world, group)) }
}

/** One that is not there counts as deleted (the operation's model has no such error). */
export function deleteTargetGroup(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const arn = required(parameters, 'TargetGroupArn')
  if (loadBalancersOf(world, arn).length > 0) {
    throw new QueryError('ResourceInUse', `Target group '${arn}' is currently in use by a listener or a rule`)
  }
  delete world.targetGroups[arn]
  delete world.tags[arn]
  return {}
}

export function describeTargetGroupAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  return attributesView(requireTargetGroup(parameters, emulator))
}

/** Only the deregistration delay does anything here; the others are kept and shown. */
export function modifyTargetGroupAttributes(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const group = requireTargetGroup(parameters, emulator)
  const changes = structureMembers(parameters, 'Attributes')
  for (const change of changes) {
    const key = change.get('Key') ?? ''
    const value = change.get('Value') ?? ''
    if (!/^[a-z0-9_.]{1,256}$/.test(key)) throw invalid(`Target group attribute key '${key}' is not recognized`)
    const seconds = Number(value)
    const wrong = value === '' || !Number.isInteger(seconds) || seconds < 0 || seconds > LONGEST_DELAY_S
    if (key === 'deregistration_delay.timeout_seconds' && wrong) {
      throw invalid(`'${key}' must be between 0 and ${LONGEST_DELAY_S}, not '${value}'.`)
    }
  }
  for (const change of changes) group.attributes[change.get('Key') ?? ''] = change.get('Value') ?? ''
  return attributesView(group)
}

/** @throws QueryError TargetGroupNotFound */
export function requireTargetGroup(parameters: URLSearchParams, emulator: Emulator): TargetGroupRecord {
  const group = emulator.simulation().world.targetGroups[required(parameters, 'TargetGroupArn')]
  if (group === undefined) throw targetGroupNotFound()
  return group
}

export const targetGroupNotFound = (): QueryError =>
  new QueryError('TargetGroupNotFound', 'One or more target groups not found')

const attributesView = ({ attributes }: TargetGroupRecord): XmlValue => ({
  Attributes: Object.entries(attributes).map(([Key, Value]) => ({ Key, Value })),
})

function view(world: World, { arn, name, protocol, port, targetType, healthCheck }: TargetGroupRecord): XmlValue {
  const { path, matcher } = healthCheck
  return {
    TargetGroupArn: arn,
    TargetGroupName: name,
    Protocol: protocol,
    Port: port,
    VpcId: VPC,
    HealthCheckProtocol: healthCheck.protocol,
    HealthCheckPort: healthCheck.port,
    HealthCheckEnabled: true,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    ...(path === undefined ? {} : { HealthCheckPath: path }),
    ...(matcher === undefined ? {} : { Matcher: { HttpCode: matcher } }),
    LoadBalancerArns: loadBalancersOf(world, arn),
    TargetType: targetType,
    IpAddressType: 'ipv4',
  }
}
