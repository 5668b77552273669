import { CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { TAG_BACKEND } from '../aws/ownership-tags.ts'
import type { BackendDeps } from '../backend-deps.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'

/** Makes the log group when it is missing, once in the life of the process: without it no task starts. */
export function createLogGroup({
  aws,
  settings,
  instance,
}: Pick<BackendDeps, 'aws' | 'settings' | 'instance'>): () => Promise<void> {
  let ensured: Promise<void> | undefined

  async function ensure(): Promise<void> {
    try {
      const tags = { [TAG_BACKEND]: instance }
      await aws.logs('write').send(new CreateLogGroupCommand({ logGroupName: settings.ecs.log_group, tags }))
    } catch (error) {
      if (error instanceof AwsCallError && error.facts.name === 'ResourceAlreadyExistsException') return
      throw error
    }
  }

  return () => {
    ensured ??= ensure().catch((error: unknown) => {
      ensured = undefined
      throw error
    })
    return ensured
  }
}
