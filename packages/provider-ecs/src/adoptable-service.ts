import type { Service } from '@aws-sdk/client-ecs'
import { ConflictError, InvalidConfigError, type JsonObject, readOwnership } from '@landlord/compute-core'
import type { EcsConfig } from './ecs-config.ts'
import { parseArn } from './parse-arn.ts'
import { readTags } from './provider-tags.ts'
import { resolveTarget } from './resolve-target.ts'
import { isOwnService } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import type { TenantScope } from './tenant-scope.ts'

/** Where the service of an ARN is, with the role that `config` names for it. Throws `InvalidConfigError` for any other text. */
export function adoptionTarget(scope: TenantScope, resource: string, config: JsonObject): ServiceTarget {
  const arn = parseArn(resource)
  const [kind, clusterName, service_name] = arn?.resource.split('/') ?? []
  if (arn === undefined || arn.service !== 'ecs' || kind !== 'service' || service_name === undefined) {
    throw refused(
      'must be the ARN of a service with its cluster: arn:aws:ecs:<region>:<account>:service/<cluster>/<service>',
    )
  }
  const cluster_arn = `arn:${arn.partition}:ecs:${arn.region}:${arn.accountId}:cluster/${clusterName}`
  const place: unknown = { assume_role: config.assume_role, cluster_arn, service_name }
  return resolveTarget(place as EcsConfig, scope)
}

/**
 * The service there, from a fresh read. Throws `InvalidConfigError` for what is not there or cannot be a tenant's, and
 * `ConflictError` for what carries somebody's marks.
 */
export async function readAdoptable(scope: TenantScope, target: ServiceTarget): Promise<Service> {
  const reading = await scope.api.describeService(target, scope.call('change'), { fresh: true })
  const where = `service ${target.serviceName} on cluster ${target.clusterName}`
  if (reading.kind === 'missing' || reading.service.status !== 'ACTIVE') throw refused(`there is no active ${where}`)
  const { service } = reading
  const why = whyNotAdoptable(service)
  if (why !== undefined) throw refused(`${where} ${why}`)
  if (readOwnership(readTags(service)) !== undefined && !isOwnService(scope, service)) {
    throw new ConflictError({
      message: `${where} carries the marks of another tenant or installation; it is not adopted`,
      details: { service: target.serviceName, cluster: target.clusterArn },
    })
  }
  return service
}

/** What no update of ours could ever move. Undefined where nothing speaks against it. */
export function whyNotAdoptable({ schedulingStrategy = 'REPLICA', deploymentController }: Service): string | undefined {
  if (schedulingStrategy !== 'REPLICA') return `is of scheduling strategy ${schedulingStrategy}, not REPLICA`
  const controller = deploymentController?.type ?? 'ECS'
  return controller === 'ECS' ? undefined : `is deployed by ${controller}, not by ECS itself`
}

export function refused(message: string): InvalidConfigError {
  return new InvalidConfigError({ subject: 'adoption', issues: [{ path: '/resource', keyword: 'rule', message }] })
}
