import type { ContainerDefinition } from '@aws-sdk/client-ecs'

/** Where a container with the log driver awslogs writes. */
export interface LogTarget {
  /** Empty where the definition lacks it. */
  readonly group: string
  readonly streamPrefix: string | undefined
  readonly createGroup: boolean
}

export function logTargetOf({ logConfiguration }: ContainerDefinition): LogTarget | undefined {
  if (logConfiguration?.logDriver !== 'awslogs') return undefined
  const options = logConfiguration.options ?? {}
  return {
    group: options['awslogs-group'] ?? '',
    streamPrefix: options['awslogs-stream-prefix'],
    createGroup: options['awslogs-create-group'] === 'true',
  }
}

/** Documented: prefix, container, task. Without a prefix AWS takes the engine's id of the container; here task and container. */
export function logStreamOf({ streamPrefix }: LogTarget, container: string, taskId: string): string {
  return streamPrefix === undefined ? `${taskId}-${container}` : `${streamPrefix}/${container}/${taskId}`
}
