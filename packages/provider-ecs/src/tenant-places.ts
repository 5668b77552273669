import { InvalidConfigError, type TenantRef } from '@landlord/compute-core'
import type { EcsConfig } from './ecs-config.ts'
import { parseArn } from './parse-arn.ts'
import { resolveTarget } from './resolve-target.ts'
import { readHandle } from './resource-ids.ts'
import type { ServiceTarget } from './service-target.ts'
import type { TenantScope } from './tenant-scope.ts'

/** The accepted configuration of a tenant; undefined where it does not even name a cluster. */
export function tenantConfig({ providerConfig }: TenantRef): EcsConfig | undefined {
  const { cluster_arn } = providerConfig
  if (typeof cluster_arn !== 'string' || parseArn(cluster_arn) === undefined) return undefined
  // Accepted by our own schema; rules that came later must not keep anybody from reading or removing what is there.
  const config: unknown = providerConfig
  return config as EcsConfig
}

/**
 * Where a tenant's service is: where its configuration says, then where its handle says when that is another place, which
 * happens when a move was interrupted. None when neither says anything.
 */
export function tenantPlaces(scope: TenantScope, tenant: TenantRef): ServiceTarget[] {
  const config = tenantConfig(tenant)
  const configured = config === undefined ? undefined : resolveTarget(config, scope)
  const handled = serviceInArn(readHandle(tenant.resourceIds).service_arn ?? '')
  if (handled === undefined) return configured === undefined ? [] : [configured]
  if (configured === undefined) return [handled]
  if (isSamePlace(configured, handled)) return [configured]
  return [configured, { ...handled, ...(configured.role === undefined ? {} : { role: configured.role }) }]
}

/** The first of the above. Throws `InvalidConfigError` when nothing says where the tenant is. */
export function tenantPlace(scope: TenantScope, tenant: TenantRef): ServiceTarget {
  const [place] = tenantPlaces(scope, tenant)
  if (place === undefined) throw unknownPlace(tenant)
  return place
}

export function unknownPlace({ tenantId }: TenantRef): InvalidConfigError {
  return new InvalidConfigError({
    subject: `configuration of tenant ${tenantId}`,
    issues: [
      {
        path: '/cluster_arn',
        keyword: 'required',
        message: 'says nothing, and neither does the handle: there is no telling where the service would be',
      },
    ],
  })
}

export function isSamePlace(one: ServiceTarget, other: ServiceTarget): boolean {
  return one.clusterArn === other.clusterArn && one.serviceName === other.serviceName
}

function serviceInArn(text: string): ServiceTarget | undefined {
  const arn = parseArn(text)
  const [kind, clusterName, serviceName] = arn?.resource.split('/') ?? []
  if (arn === undefined || kind !== 'service' || clusterName === undefined || serviceName === undefined)
    return undefined
  const { partition, region, accountId } = arn
  const clusterArn = `arn:${partition}:ecs:${region}:${accountId}:cluster/${clusterName}`
  return { partition, accountId, region, clusterArn, clusterName, serviceName }
}
