import { createHash } from 'node:crypto'
import { deriveResourceName } from '@landlord/compute-core'
import type { EcsConfig } from './ecs-config.ts'
import { nameInArn, parseArn } from './parse-arn.ts'
import type { ServiceTarget } from './service-target.ts'

const DEFAULT_PREFIX = 'landlord-tenant-'
/** ECS API reference, CreateService: serviceName. */
const MAX_NAME = 255
/** STS API reference, AssumeRole: RoleSessionName. */
const MAX_SESSION_NAME = 64
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/
const HASH_LENGTH = 8

/** Where a tenant's service is, from its validated configuration alone. */
export function resolveTarget(
  config: EcsConfig,
  owner: { readonly tenantId: string; readonly installation: string },
): ServiceTarget {
  const { cluster_arn: clusterArn, service_name, service_name_prefix: prefix = DEFAULT_PREFIX, assume_role } = config
  const arn = parseArn(clusterArn)
  if (arn === undefined)
    throw new TypeError(`cluster_arn must be validated first, but is ${JSON.stringify(clusterArn)}`)
  const { partition, accountId, region } = arn
  const rules = { prefix, maxLength: MAX_NAME, allowed: 'a-zA-Z0-9_-' }
  const serviceName = service_name ?? deriveResourceName(owner.tenantId, rules)
  const place = { partition, accountId, region, clusterArn, clusterName: nameInArn(clusterArn), serviceName }
  if (assume_role === undefined) return place
  return { ...place, role: { ...assume_role, session_name: assume_role.session_name ?? sessionName(owner) } }
}

/** What CloudTrail shows: cut or altered names end in a hash, so that no two tenants share one. */
function sessionName({ tenantId, installation }: { tenantId: string; installation: string }): string {
  const wanted = `landlord-${installation}-${tenantId}`
  if (SESSION_NAME.test(wanted)) return wanted
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, HASH_LENGTH)
  const kept = wanted.replaceAll(/[^\w+=,.@-]/g, '-').slice(0, MAX_SESSION_NAME - HASH_LENGTH - 1)
  return `${kept}-${hash}`
}
