import { randomBytes } from 'node:crypto'
import type { Emulator } from '../../emulator.ts'
import type { ListenerRecord, LoadBalancerRecord } from '../../load-balancing-records.ts'
import type { XmlValue } from '../../query-protocol.ts'
import { loadBalancersOf } from '../../target-health.ts'
import type { World } from '../../world.ts'
import { QueryError } from '../query-neighbour.ts'
import { loadBalancerNotFound, loadBalancingArn } from './load-balancers.ts'
import { invalid, numberParameter, required, stringMembers, structureMembers } from './read-parameters.ts'
import { keepTags } from './tags.ts'
import { targetGroupNotFound } from './target-groups.ts'

const PROTOCOLS = { application: ['HTTP', 'HTTPS'], network: ['TCP', 'TLS', 'UDP', 'TCP_UDP'] } as const

/** The same listener again gives what is there (documented). */
export function createListener(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const loadBalancer = world.loadBalancers[required(parameters, 'LoadBalancerArn')]
  if (loadBalancer === undefined) throw loadBalancerNotFound()
  const wanted = {
    loadBalancerArn: loadBalancer.arn,
    port: numberParameter(parameters, 'Port', { from: 1, to: 65_535, otherwise: 80 }),
    protocol: protocolOf(parameters, loadBalancer),
    targetGroupArns: forwardedTo(parameters),
  }
  checkTargetGroups(world, wanted)
  const taken = Object.values(world.listeners).find(
    ({ loadBalancerArn, port }) => loadBalancerArn === loadBalancer.arn && port === wanted.port,
  )
  if (taken !== undefined) {
    if (JSON.stringify({ ...taken, ...wanted }) === JSON.stringify(taken)) return { Listeners: [view(taken)] }
    const message = `A listener already exists on this port for this load balancer '${loadBalancer.arn}'`
    throw new QueryError('DuplicateListener', message)
  }
  const refusal = emulator.frontEnd.refusal(wanted)
  if (refusal !== undefined) throw new QueryError('InvalidConfigurationRequest', refusal)
  const path = loadBalancer.arn.slice(loadBalancer.arn.indexOf(':loadbalancer/') + ':loadbalancer/'.length)
  const arn = loadBalancingArn(emulator, `listener/${path}/${randomBytes(8).toString('hex')}`)
  const record: ListenerRecord = { arn, ...wanted }
  world.listeners[arn] = record
  keepTags(parameters, world, arn)
  return { Listeners: [view(record)] }
}

export function describeListeners(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const loadBalancer = parameters.get('LoadBalancerArn')
  const arns = stringMembers(parameters, 'ListenerArns')
  if (loadBalancer === null && arns.length === 0) {
    throw invalid('You must specify either listener ARNs or a load balancer ARN')
  }
  if (loadBalancer !== null && world.loadBalancers[loadBalancer] === undefined) throw loadBalancerNotFound()
  if (arns.some((arn) => world.listeners[arn] === undefined)) throw listenerNotFound()
  const found = Object.values(world.listeners).filter(
    ({ arn, loadBalancerArn }) =>
      (arns.length === 0 || arns.includes(arn)) && (loadBalancer === null || loadBalancer === loadBalancerArn),
  )
  return { Listeners: found.map(view) }
}

export function deleteListener(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const { world } = emulator.simulation()
  const arn = required(parameters, 'ListenerArn')
  if (world.listeners[arn] === undefined) throw listenerNotFound()
  delete world.listeners[arn]
  delete world.tags[arn]
  return {}
}

const listenerNotFound = (): QueryError => new QueryError('ListenerNotFound', 'One or more listeners not found')

function protocolOf(parameters: URLSearchParams, { type }: LoadBalancerRecord): string {
  const protocol = required(parameters, 'Protocol')
  const possible: readonly string[] = PROTOCOLS[type]
  if (!possible.includes(protocol)) {
    throw invalid(`Protocol of a listener of ${type} load balancers must be one of ${possible.join(', ')}.`)
  }
  const secure = protocol === 'HTTPS' || protocol === 'TLS'
  if (secure && structureMembers(parameters, 'Certificates').length === 0) {
    throw new QueryError('CertificateNotFound', `A certificate must be specified for ${protocol} listeners`)
  }
  return protocol
}

function forwardedTo(parameters: URLSearchParams): string[] {
  const actions = structureMembers(parameters, 'DefaultActions')
  const [action] = actions
  if (action === undefined || actions.length > 1 || action.get('Type') !== 'forward') {
    throw new QueryError(
      'InvalidLoadBalancerAction',
      'A listener of this emulator has one default action, which forwards.',
    )
  }
  const several = structureMembers(action, 'ForwardConfig.TargetGroups')
  const arns = [action.get('TargetGroupArn'), ...several.map((group) => group.get('TargetGroupArn'))]
  const found = [...new Set(arns.flatMap((arn) => arn ?? []))]
  if (found.length === 0) throw invalid('A target group ARN must be specified')
  return found
}

/** A group serves one load balancer, and speaks its kind of protocol (documented). */
function checkTargetGroups(world: World, listener: Omit<ListenerRecord, 'arn'>): void {
  for (const arn of listener.targetGroupArns) {
    const group = world.targetGroups[arn]
    if (group === undefined) throw targetGroupNotFound()
    if (group.protocol.startsWith('HTTP') !== listener.protocol.startsWith('HTTP')) {
      const message = `Listener protocol '${listener.protocol}' is not supported with a target group with protocol '${group.protocol}'`
      throw new QueryError('IncompatibleProtocols', message)
    }
    if (loadBalancersOf(world, arn).some((other) => other !== listener.loadBalancerArn)) {
      const message = `The following target groups cannot be associated with more than one load balancer: ${arn}`
      throw new QueryError('TargetGroupAssociationLimit', message)
    }
  }
}

function view({ arn, loadBalancerArn, port, protocol, targetGroupArns }: ListenerRecord): XmlValue {
  const [first = ''] = targetGroupArns
  return {
    ListenerArn: arn,
    LoadBalancerArn: loadBalancerArn,
    Port: port,
    Protocol: protocol,
    DefaultActions: [
      {
        Type: 'forward',
        ...(targetGroupArns.length === 1 ? { TargetGroupArn: first } : {}),
        ForwardConfig: {
          TargetGroups: targetGroupArns.map((TargetGroupArn) => ({ TargetGroupArn, Weight: 1 })),
          TargetGroupStickinessConfig: { Enabled: false },
        },
      },
    ],
  }
}
