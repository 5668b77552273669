import type { Compatibility, PortMapping, TaskDefinition } from '@aws-sdk/client-ecs'
import type { Simulation } from '../simulation.ts'
import type { TaskDefinitionRecord } from '../world.ts'

/** A revision with the defaults that ECS writes into it (inferred from the documentation). */
export function toTaskDefinition({ account }: Simulation, record: TaskDefinitionRecord): TaskDefinition {
  const { tags: _, ...definition } = record.definition
  const { networkMode, requiresCompatibilities } = definition
  return {
    ...definition,
    taskDefinitionArn: record.arn,
    family: record.family,
    revision: record.revision,
    status: record.status,
    containerDefinitions: (definition.containerDefinitions ?? []).map((container) => ({
      cpu: 0,
      essential: true,
      environment: [],
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      ...container,
      ...(container.healthCheck === undefined
        ? {}
        : { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }),
      portMappings: (container.portMappings ?? []).map((mapping) => ({
        ...portDefaults(networkMode, mapping),
        ...mapping,
      })),
    })),
    volumes: definition.volumes ?? [],
    placementConstraints: definition.placementConstraints ?? [],
    requiresAttributes: [],
    compatibilities: compatibilitiesOf(definition),
    ...(requiresCompatibilities === undefined ? {} : { requiresCompatibilities }),
    registeredAt: new Date(record.registeredAt),
    registeredBy: `arn:aws:iam::${account.id}:root`,
    ...(record.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(record.deregisteredAt) }),
  }
}

/** A port of its own in `bridge` mode, the container's elsewhere (documented); a range keeps what it says. */
function portDefaults(
  networkMode: string | undefined,
  { containerPort, containerPortRange }: PortMapping,
): PortMapping {
  const own = networkMode === 'awsvpc' || networkMode === 'host' ? containerPort : 0
  return containerPortRange === undefined && own !== undefined
    ? { protocol: 'tcp', hostPort: own }
    : { protocol: 'tcp' }
}

/** What a revision could run on, whatever it asks for (inferred from examples in AWS's documentation). */
export function compatibilitiesOf({ networkMode, cpu, memory }: TaskDefinitionRecord['definition']): Compatibility[] {
  if (networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2']
  return cpu === undefined || memory === undefined ? ['EC2'] : ['EC2', 'FARGATE']
}
