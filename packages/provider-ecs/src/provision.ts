import type { Service } from '@aws-sdk/client-ecs'
import { type OperationOptions, type ProvisionResult, UnavailableError } from '@landlord/compute-core'
import { clientToken } from './client-token.ts'
import { converge } from './converge.ts'
import type { DesiredService } from './desired-service.ts'
import { preflight } from './preflight.ts'
import { placeHandle, toResourceIds, writtenHandle } from './resource-ids.ts'
import type { TenantScope } from './tenant-scope.ts'
import { toCreateServiceInput } from './to-create-service-input.ts'

/**
 * Creates the tenant's service with one request, or moves the one that is there to what is wanted. A repeated request whose
 * first answer was lost finds its own service: by the token, else by name and marks.
 */
export async function provision(
  scope: TenantScope,
  desired: DesiredService,
  { operationId, generation }: Pick<OperationOptions, 'operationId' | 'generation'>,
): Promise<ProvisionResult> {
  const { target } = desired
  const token = clientToken({ operationId, generation, serviceName: target.serviceName })
  const input = toCreateServiceInput(desired, { clientToken: token })
  await preflight(scope, desired, input)
  scope.onProgress(`creating service ${target.serviceName}`)
  const outcome = await scope.api.createService(target, input, scope.call('change'))
  switch (outcome.kind) {
    case 'created':
      return created(scope, desired, outcome.service, input.desiredCount)
    case 'draining':
      return waiting(scope, desired)
    case 'name_taken':
      return await adopt(scope, desired)
  }
}

function created(
  scope: TenantScope,
  { target }: DesiredService,
  service: Service,
  desiredCount: number | undefined,
): ProvisionResult {
  const handle = writtenHandle(target, service, { at: scope.now(), desiredCount })
  return {
    status: 'in_progress',
    resourceIds: toResourceIds(handle),
    message: `service ${target.serviceName} is created on cluster ${target.clusterName}`,
  }
}

function waiting(scope: TenantScope, { target }: DesiredService): ProvisionResult {
  return {
    status: 'in_progress',
    resourceIds: toResourceIds({ ...placeHandle(target), replaces: scope.now().toISOString() }),
    message: `waiting until the service ${target.serviceName} from before is gone`,
  }
}

async function adopt(scope: TenantScope, desired: DesiredService): Promise<ProvisionResult> {
  const { target } = desired
  const reading = await scope.api.describeService(target, scope.call('change'), { fresh: true })
  const status = reading.kind === 'found' ? reading.service.status : undefined
  if (status === 'DRAINING') return waiting(scope, desired)
  // ECS may still refuse the name for a moment after it has shown the service before as INACTIVE.
  if (reading.kind === 'missing' || status === 'INACTIVE') {
    throw new UnavailableError({
      message: `ECS refuses the name ${target.serviceName} on cluster ${target.clusterName} as taken, and shows no service of it; try again in a moment`,
      details: { service: target.serviceName, cluster: target.clusterArn },
    })
  }
  const { handle, message } = await converge(scope, { service: reading.service, desired, handle: {} })
  return {
    status: 'in_progress',
    resourceIds: toResourceIds(handle),
    ...(message === undefined ? {} : { message }),
  }
}
