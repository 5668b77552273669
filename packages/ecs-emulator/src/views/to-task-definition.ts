import type { TaskDefinition } from '@aws-sdk/client-ecs'
import type { Simulation } from '../simulation.ts'
import type { TaskDefinitionRecord } from '../world.ts'

/** A revision with the defaults that ECS writes into it (inferred from the documentation). */
export function toTaskDefinition({ account }: Simulation, record: TaskDefinitionRecord): TaskDefinition {
  const { tags: _, ...definition } = record.definition
  const compatibilities = definition.requiresCompatibilities
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
      portMappings: [],
      ...container,
    })),
    volumes: definition.volumes ?? [],
    placementConstraints: definition.placementConstraints ?? [],
    requiresAttributes: [],
    compatibilities: definition.networkMode === 'awsvpc' ? ['EC2', 'FARGATE'] : ['EC2'],
    ...(compatibilities === undefined ? {} : { requiresCompatibilities: compatibilities }),
    registeredAt: new Date(record.registeredAt),
    registeredBy: `arn:aws:iam::${account.id}:root`,
    ...(record.deregisteredAt === undefined ? {} : { deregisteredAt: new Date(record.deregisteredAt) }),
  }
}
