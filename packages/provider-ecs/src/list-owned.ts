import {
  InvalidConfigError,
  type OwnedResource,
  type ReadOptions,
  readOwnership,
  throwIfAborted,
} from '@landlord/compute-core'
import type { ClusterScope } from './ecs-api.ts'
import type { EcsConfig } from './ecs-config.ts'
import { PROVIDER_NAME, readTags, serviceOwnership } from './provider-tags.ts'
import { resolveTarget } from './resolve-target.ts'
import { serviceHandle, toResourceIds } from './resource-ids.ts'
import { decodeTagValue } from './tag-value.ts'
import type { EcsContext } from './tenant-scope.ts'

/**
 * Every active service of this installation on the clusters that the operator has named: `clusters` and the default
 * `cluster_arn`. Throws `InvalidConfigError` when there is none: what was never looked at is not empty.
 */
export async function* listOwned(context: EcsContext, options: ReadOptions): AsyncGenerator<OwnedResource> {
  throwIfAborted(options.signal)
  const marks = serviceOwnership({ tenantId: '', installation: context.installation })
  for (const scope of clusterScopes(context)) {
    const services = context.api.listServices(scope, { ...options, priority: 'background' })
    for await (const service of services) {
      const ownership = readOwnership(readTags(service))
      const { serviceName = '' } = service
      if (ownership?.provider !== PROVIDER_NAME || ownership.installation !== marks.installation) continue
      yield {
        tenantId: decodeTagValue(ownership.tenantId),
        kind: 'service',
        id: service.serviceArn ?? '',
        name: serviceName,
        ...(service.createdAt === undefined ? {} : { createdAt: service.createdAt.toISOString() }),
        resourceIds: toResourceIds(serviceHandle({ ...scope, serviceName }, service)),
        // The role is not among it: it comes from the same defaults again.
        providerConfig: { cluster_arn: scope.clusterArn, service_name: serviceName },
      }
    }
  }
}

function clusterScopes({ settings, defaults, installation }: EcsContext): ClusterScope[] {
  const usual = defaults.cluster_arn
  const arns = new Set([...(typeof usual === 'string' ? [usual] : []), ...settings.clusters])
  if (arns.size === 0) {
    throw new InvalidConfigError({
      subject: 'ecs settings',
      issues: [
        {
          path: '/clusters',
          keyword: 'required',
          message: 'must name the clusters to look through, or cluster_arn must be set as a default',
        },
      ],
    })
  }
  const shared: unknown = defaults.assume_role
  return [...arns].map((cluster_arn) => {
    const role = shared === undefined ? {} : { assume_role: shared as NonNullable<EcsConfig['assume_role']> }
    const config: EcsConfig = { cluster_arn, task_definition_arn: '', ...role }
    const { serviceName: _, ...scope } = resolveTarget(config, { tenantId: 'list', installation })
    return scope
  })
}
