import type { TargetChecks, TargetGroupRecord, TargetRecord } from './load-balancing-records.ts'
import type { World } from './world.ts'

export interface TargetHealth {
  readonly state: 'initial' | 'healthy' | 'unhealthy' | 'unused' | 'draining'
  readonly reason?: string
  readonly description?: string
}

/** One passed check makes a new target healthy (documented); that it comes after a whole interval is inferred. */
export const firstCheckAt = ({ healthCheck }: TargetGroupRecord, { registeredAt }: TargetRecord): number =>
  registeredAt + healthCheck.intervalSeconds * 1000

/** What DescribeTargetHealth says (states and reasons documented). */
export function targetHealth(world: World, group: TargetGroupRecord, target: TargetRecord, now: number): TargetHealth {
  if (target.drainingUntil !== undefined) {
    const description = 'Target deregistration is in progress'
    return { state: 'draining', reason: 'Target.DeregistrationInProgress', description }
  }
  if (!isInUse(world, group.arn)) {
    const description = 'Target group is not configured to receive traffic from the load balancer'
    return { state: 'unused', reason: 'Target.NotInUse', description }
  }
  if (target.failing) {
    return { state: 'unhealthy', reason: 'Target.FailedHealthChecks', description: 'Health checks failed' }
  }
  if (target.checks?.proven === false || now < firstCheckAt(group, target)) {
    const description = 'Target registration is in progress'
    return { state: 'initial', reason: 'Elb.RegistrationInProgress', description }
  }
  return { state: 'healthy' }
}

/** Targets that are instances are containers which share the machine's loopback address. */
export const hostOf = ({ id }: TargetRecord): string => (id.startsWith('i-') ? '127.0.0.1' : id)

/** Whether a listener forwards to the group. */
export const isInUse = (world: World, targetGroupArn: string): boolean =>
  loadBalancersOf(world, targetGroupArn).length > 0

/** The load balancers whose listeners forward to the group. */
export function loadBalancersOf({ listeners }: World, targetGroupArn: string): string[] {
  const using = Object.values(listeners).filter(({ targetGroupArns }) => targetGroupArns.includes(targetGroupArn))
  return [...new Set(using.map(({ loadBalancerArn }) => loadBalancerArn))]
}

export const noChecksYet = (): TargetChecks => ({ passed: 0, failed: 0, proven: false })

/** Takes the target out: it is shown as draining for the group's deregistration delay, whose end is given back. */
export function deregister(group: TargetGroupRecord, target: TargetRecord, now: number): number {
  target.drainingUntil ??= now + Number(group.attributes['deregistration_delay.timeout_seconds']) * 1000
  return target.drainingUntil
}

/** Forgets the targets whose draining is over. */
export function dropDrained(group: TargetGroupRecord, now: number): void {
  group.targets = group.targets.filter(({ drainingUntil }) => drainingUntil === undefined || now < drainingUntil)
}
