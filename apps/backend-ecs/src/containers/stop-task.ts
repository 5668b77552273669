import { StopTaskCommand } from '@aws-sdk/client-ecs'
import { AwsCallError } from '../errors/aws-call-error.ts'
import type { ContainerDeps } from './container-deps.ts'

/** Asks ECS to end a container's task: SIGTERM, then SIGKILL after its stop timeout. Without a task it does nothing. */
export async function stopTask(
  { aws, settings, changes }: Pick<ContainerDeps, 'aws' | 'settings' | 'changes'>,
  id: string,
  reason: string,
): Promise<void> {
  const record = changes.update(id, (current) => ({ ...current, stopRequested: true }))
  if (record?.live !== true || record.taskArn === undefined) return
  await endTask({ aws, settings }, record.taskArn, reason)
}

/** Twice is once; a task that ECS has forgotten has ended. */
export async function endTask(
  { aws, settings }: Pick<ContainerDeps, 'aws' | 'settings'>,
  task: string,
  reason: string,
): Promise<void> {
  try {
    await aws
      .ecs('write')
      .send(new StopTaskCommand({ cluster: settings.ecs.cluster, task, reason: `docker ${reason}` }))
  } catch (error) {
    const isGone = error instanceof AwsCallError && /task was not found/i.test(error.facts.message)
    if (!isGone) throw error
  }
}
