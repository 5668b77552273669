import type { LoadBalancer } from '@aws-sdk/client-ecs'
import { invalidParameter } from './ecs-error.ts'
import { isInUse } from './target-health.ts'
import type { TaskDefinitionRecord, World } from './world.ts'

/** Documented: a service has up to five target groups. */
const MOST_TARGET_GROUPS = 5

/** What must hold of a service's load balancers. Texts are those that users report, unless marked otherwise. */
export function checkLoadBalancers(
  world: World,
  loadBalancers: readonly LoadBalancer[],
  taskDefinition: TaskDefinitionRecord,
): void {
  // The text is invented.
  if (loadBalancers.length > MOST_TARGET_GROUPS) {
    throw invalidParameter(`loadBalancers can have at most ${MOST_TARGET_GROUPS} items.`)
  }
  for (const loadBalancer of loadBalancers) {
    checkContainer(loadBalancer, taskDefinition)
    checkTargetGroup(world, loadBalancer, taskDefinition)
  }
}

function checkContainer(
  { containerName, containerPort }: LoadBalancer,
  { definition: { containerDefinitions = [] } }: TaskDefinitionRecord,
): void {
  if (containerName === undefined || containerName === '') throw invalidParameter('Container Name can not be blank.')
  if (containerPort === undefined) throw invalidParameter('Container Port can not be blank.')
  const container = containerDefinitions.find(({ name }) => name === containerName)
  if (container === undefined) {
    throw invalidParameter(`The container ${containerName} does not exist in the task definition.`)
  }
  if (container.portMappings?.some((mapping) => mapping.containerPort === containerPort) === true) return
  throw invalidParameter(`The container ${containerName} did not have a container port ${containerPort} defined.`)
}

function checkTargetGroup(
  world: World,
  { targetGroupArn: arn, loadBalancerName }: LoadBalancer,
  { definition: { networkMode } }: TaskDefinitionRecord,
): void {
  if (loadBalancerName !== undefined) {
    throw invalidParameter('This emulator has no Classic Load Balancers: give a targetGroupArn.')
  }
  const group = world.targetGroups[arn ?? '']
  // The text is invented.
  if (group === undefined) throw invalidParameter(`The target group with targetGroupArn ${arn} does not exist.`)
  if (!isInUse(world, group.arn)) {
    throw invalidParameter(`The target group with targetGroupArn ${arn} does not have an associated load balancer.`)
  }
  const mode = networkMode ?? 'bridge'
  if ((mode === 'awsvpc') === (group.targetType === 'ip')) return
  const mismatch = `which is incompatible with the ${mode} network mode specified in the task definition.`
  throw invalidParameter(`The provided target group ${arn} has target type ${group.targetType}, ${mismatch}`)
}
