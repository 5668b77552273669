import { DescribeClustersCommand } from '@aws-sdk/client-ecs'
import type { BackendDeps } from './backend-deps.ts'

/** Asks for the cluster once at the start, and warns: AWS may be away for a moment, and a cluster can still be made. */
export async function checkCluster({ aws, settings, logger }: BackendDeps): Promise<void> {
  const { cluster } = settings.ecs
  try {
    const { clusters = [] } = await aws.ecs('read').send(new DescribeClustersCommand({ clusters: [cluster] }))
    if (clusters[0]?.status === 'ACTIVE') return
    logger.warn({ cluster }, 'the ECS cluster does not exist; make it, or correct ecs.cluster: containers cannot start')
  } catch (error) {
    logger.warn({ err: error, cluster }, 'the ECS cluster could not be checked; containers may not start')
  }
}
