import { isIP, isIPv4 } from 'node:net'
import type { Emulator } from '../../emulator.ts'
import type { TargetGroupRecord, TargetRecord } from '../../load-balancing-records.ts'
import type { XmlValue } from '../../query-protocol.ts'
import { deregister, dropDrained, noChecksYet, type TargetHealth, targetHealth } from '../../target-health.ts'
import { QueryError } from '../query-neighbour.ts'
import { numberParameter, required, structureMembers } from './read-parameters.ts'
import { requireTargetGroup } from './target-groups.ts'

interface TargetReference {
  readonly id: string
  readonly port: number
}

/** A target that drains is taken back; one that is there stays as it is. */
export function registerTargets(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const group = requireTargetGroup(parameters, emulator)
  const now = emulator.simulation().now()
  const wanted = referencesOf(parameters, group)
  for (const { id } of wanted) {
    if ((isIP(id) !== 0) !== (group.targetType === 'ip')) {
      throw new QueryError('InvalidTarget', `The target '${id}' is not valid for target type '${group.targetType}'`)
    }
    // Load balancers that really connect must not carry requests off this machine.
    if (emulator.frontEnd.probes && isIP(id) !== 0 && !(isIPv4(id) && id.startsWith('127.'))) {
      const message = `The target '${id}' is not of 127.0.0.0/8, which is all that this emulator's load balancers reach`
      throw new QueryError('InvalidTarget', message)
    }
  }
  for (const reference of wanted) {
    const existing = find(group, reference)
    if (existing !== undefined && existing.drainingUntil === undefined) continue
    group.targets = group.targets.filter((target) => target !== existing)
    const checks = emulator.frontEnd.probes ? { checks: noChecksYet() } : {}
    group.targets.push({ ...reference, registeredAt: now, failing: false, ...checks })
  }
  return {}
}

export function deregisterTargets(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const group = requireTargetGroup(parameters, emulator)
  const now = emulator.simulation().now()
  const found = referencesOf(parameters, group).map((reference) => {
    const target = find(group, reference)
    if (target !== undefined) return target
    throw new QueryError('InvalidTarget', `The target '${reference.id}' is not registered with this target group`)
  })
  for (const target of found) deregister(group, target, now)
  return {}
}

export function describeTargetHealth(parameters: URLSearchParams, emulator: Emulator): XmlValue {
  const group = requireTargetGroup(parameters, emulator)
  const { world, now } = emulator.simulation()
  dropDrained(group, now())
  const asked = referencesOf(parameters, group)
  const shown: readonly TargetReference[] = asked.length === 0 ? group.targets : asked
  const descriptions = shown.map((reference) => {
    const target = find(group, reference)
    return view(group, reference, target === undefined ? NOT_REGISTERED : targetHealth(world, group, target, now()))
  })
  return { TargetHealthDescriptions: descriptions }
}

const NOT_REGISTERED: TargetHealth = {
  state: 'unused',
  reason: 'Target.NotRegistered',
  description: 'Target is not registered to the target group',
}

function view({ healthCheck }: TargetGroupRecord, { id, port }: TargetReference, health: TargetHealth): XmlValue {
  const { state, reason, description } = health
  return {
    Target: { Id: id, Port: port },
    HealthCheckPort: healthCheck.port === 'traffic-port' ? String(port) : healthCheck.port,
    TargetHealth: {
      State: state,
      ...(reason === undefined ? {} : { Reason: reason }),
      ...(description === undefined ? {} : { Description: description }),
    },
  }
}

/** Without a port of its own a target is reached at the group's (documented). */
function referencesOf(parameters: URLSearchParams, group: TargetGroupRecord): TargetReference[] {
  return structureMembers(parameters, 'Targets').map((target) => ({
    id: required(target, 'Id'),
    port: numberParameter(target, 'Port', { from: 1, to: 65_535, otherwise: group.port }),
  }))
}

const find = ({ targets }: TargetGroupRecord, { id, port }: TargetReference): TargetRecord | undefined =>
  targets.find((target) => target.id === id && target.port === port)
