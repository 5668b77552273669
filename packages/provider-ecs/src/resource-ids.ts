import type { Service } from '@aws-sdk/client-ecs'
import type { ResourceIds } from '@landlord/compute-core'
import type { ServiceTarget } from './service-target.ts'

/**
 * What is remembered of a tenant between two calls. All of it but the times can be read back, so that an empty handle
 * suffices; the times tell how far to trust a read, as reads of ECS lag behind writes. Times are ISO 8601 in UTC.
 */
export interface EcsHandle {
  readonly service_arn?: string
  readonly service_name?: string
  readonly cluster_arn?: string
  /** The deployment that our last change started: the one whose end decides. */
  readonly deployment_id?: string
  /** When it began, by the clock of ECS. */
  readonly deployment_created_at?: string
  /** The task definition that was asked for. */
  readonly task_definition?: string
  /** The size that was asked for by the last change, where it asked for one. */
  readonly desired_count?: string
  /** When the service was made, by the clock of ECS. */
  readonly created_at?: string
  /** When we last changed it, by our clock. */
  readonly written_at?: string
  /** Since when a service that there might be is not found. */
  readonly absent_since?: string
  /** A service that was made then or before is on its way out, to make room for ours: its being shown means nothing. */
  readonly replaces?: string
  /** When we first saw the service on its way out. */
  readonly draining_since?: string
}

const KEYS = [
  'service_arn',
  'service_name',
  'cluster_arn',
  'deployment_id',
  'deployment_created_at',
  'task_definition',
  'desired_count',
  'created_at',
  'written_at',
  'absent_since',
  'replaces',
  'draining_since',
] as const satisfies readonly (keyof EcsHandle)[]

/** What is ours in a handle; an unknown key is dropped. */
export function readHandle(resourceIds: ResourceIds): EcsHandle {
  return Object.fromEntries(
    KEYS.flatMap((key) => {
      const value = resourceIds[key]
      return value === undefined || value === '' ? [] : [[key, value]]
    }),
  )
}

/** What a handle says of one place: one of another place says nothing. */
export function handleAt({ serviceName, clusterArn }: ServiceTarget, resourceIds: ResourceIds): EcsHandle {
  const handle = readHandle(resourceIds)
  const isOfPlace =
    (handle.service_name ?? serviceName) === serviceName && (handle.cluster_arn ?? clusterArn) === clusterArn
  return isOfPlace ? handle : {}
}

export function toResourceIds(handle: EcsHandle): ResourceIds {
  return { ...readHandle({ ...handle }) }
}

/** Where a service is or will be, when nothing more is known. */
export function placeHandle({ serviceName, clusterArn }: ServiceTarget): EcsHandle {
  return { service_name: serviceName, cluster_arn: clusterArn }
}

/** The handle of a service as it is; what `before` expects of a change is no longer waited for. */
export function serviceHandle(target: ServiceTarget, service: Service, before: EcsHandle = {}): EcsHandle {
  const primary = primaryDeployment(service)
  return {
    ...placeHandle(target),
    ...present('service_arn', service.serviceArn),
    ...present('deployment_id', primary?.id),
    ...present('deployment_created_at', primary?.createdAt?.toISOString()),
    ...present('task_definition', primary?.taskDefinition ?? service.taskDefinition),
    ...present('created_at', service.createdAt?.toISOString() ?? before.created_at),
    ...present('written_at', before.written_at),
  }
}

/** The handle after a change that ECS has answered with `service`. */
export function writtenHandle(
  target: ServiceTarget,
  service: Service,
  change: { readonly at: Date; readonly desiredCount?: number | undefined; readonly before?: EcsHandle },
): EcsHandle {
  const { at, desiredCount, before } = change
  return {
    ...serviceHandle(target, service, before),
    written_at: at.toISOString(),
    created_at: service.createdAt?.toISOString() ?? before?.created_at ?? at.toISOString(),
    ...present('desired_count', desiredCount?.toString()),
  }
}

/** Whether a read shows a service that is on its way out as it was before. */
export function isReplaced({ createdAt }: Service, { replaces }: EcsHandle): boolean {
  return replaces !== undefined && createdAt !== undefined && createdAt.getTime() <= Date.parse(replaces)
}

export function primaryDeployment(service: Service) {
  return service.deployments?.find(({ status }) => status === 'PRIMARY')
}

function present(key: keyof EcsHandle, value: string | undefined): EcsHandle {
  return value === undefined ? {} : { [key]: value }
}
