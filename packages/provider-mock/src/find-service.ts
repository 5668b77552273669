import { mergeConfig, TenantNotFoundError } from '@landlord/compute-core'
import type { MockClient } from './mock-client.ts'
import type { MockResource, MockService } from './mock-resource.ts'
import { servicePhase } from './service-phase.ts'
import { toJsonConfig, toMockConfig } from './to-mock-config.ts'

export interface OwnService {
  readonly resource: MockResource
  readonly service: MockService
}

/** The tenant's service, when its marks are ours. The target first does what became due: it ends a removal, or drifts. */
export function findService(client: MockClient): OwnService | undefined {
  const { target, name } = client
  return target.atomically(() => {
    const resource = target.find('service', name)
    if (!client.isOurs(resource) || resource.service === undefined) return undefined
    const phase = servicePhase(resource.service, client.now())
    if (phase === 'gone') {
      target.remove('service', name)
      return undefined
    }
    const { drift } = resource.service.config.mock
    const settled = phase === 'running' || phase === 'unhealthy' || phase === 'stopped'
    if (drift === undefined || !settled || !target.takeOnce(`drift ${resource.id} ${JSON.stringify(drift)}`, 1)) {
      return { resource, service: resource.service }
    }
    const config = toMockConfig(mergeConfig(toJsonConfig(resource.service.config), drift))
    const service = { ...resource.service, config }
    target.putService(name, service)
    return { resource, service }
  })
}

export function tenantNotFound(client: MockClient): TenantNotFoundError {
  const { tenantId, ownership } = client
  return new TenantNotFoundError({
    message: `nothing carries the marks of tenant "${tenantId}" of installation "${ownership.installation}"; provision it first`,
    details: { tenantId },
  })
}
