import type { Tag } from '@aws-sdk/client-ecs'
import { lastSegment } from './identifiers.ts'
import type { World } from './world.ts'

export interface TaskTagSources {
  readonly clusterArn: string
  readonly taskDefinition: string
  /** The service that starts the task. Default: none does. */
  readonly service?: { readonly arn: string; readonly name: string }
  readonly propagateTags?: string | undefined
  readonly enableECSManagedTags?: boolean | undefined
  /** Given for the task itself. */
  readonly tags?: readonly Tag[] | undefined
}

/** A new task's tags: its own over those that are propagated to it, then ECS's own (documented; the order is inferred). */
export function tagsOfNewTask(world: World, sources: TaskTagSources): Tag[] {
  const { service, propagateTags, enableECSManagedTags, tags: own = [] } = sources
  const source = propagateTags === 'TASK_DEFINITION' ? sources.taskDefinition : service?.arn
  const wanted = propagateTags === 'TASK_DEFINITION' || propagateTags === 'SERVICE'
  const propagated = wanted && source !== undefined ? (world.tags[source] ?? []) : []
  const managed = enableECSManagedTags === true ? managedTags(sources) : []
  return [...propagated.filter(({ key }) => !own.some((tag) => tag.key === key)), ...own, ...managed]
}

function managedTags({ clusterArn, service }: TaskTagSources): Tag[] {
  const cluster = { key: 'aws:ecs:clusterName', value: lastSegment(clusterArn) }
  return service === undefined ? [cluster] : [cluster, { key: 'aws:ecs:serviceName', value: service.name }]
}
