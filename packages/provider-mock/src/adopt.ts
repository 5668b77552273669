import { createHash } from 'node:crypto'
import {
  type Adoption,
  type AdoptionPlan,
  ConflictError,
  InvalidConfigError,
  mergeConfig,
  type OperationOptions,
  ownershipMarks,
  type ProvisionResult,
  type ReadOptions,
  readOwnership,
  type TenantComputeSpec,
} from '@landlord/compute-core'
import { diffMockConfig } from './diff-mock-config.ts'
import type { MockClient } from './mock-client.ts'
import type { MockResource, MockService } from './mock-resource.ts'
import { ensureNetwork } from './provision.ts'
import { resourceIds } from './resource-ids.ts'
import { liveConfig } from './service-phase.ts'
import { toJsonConfig, toMockConfig } from './to-mock-config.ts'

interface Adoptable extends MockResource {
  readonly service: MockService
}

/** A service by its name or id. */
export function planAdoption(client: MockClient, adoption: Adoption, options: ReadOptions): Promise<AdoptionPlan> {
  return client.call('plan_adoption', options, () => {
    const live = findAdoptable(client, adoption.resource)
    const running = liveConfig(live.service, client.now())
    const config = toMockConfig(mergeConfig(toJsonConfig(running), adoption.providerConfig))
    const { kind, id, name, service } = live
    return {
      resource: { kind, id, name },
      config: toJsonConfig(config),
      steps: [`label service ${name} with the ownership marks, and rename it`, 'make its network'],
      changes: diffMockConfig(running, config),
      warnings: [],
      fingerprint: createHash('sha256')
        .update(JSON.stringify([id, service.changedAt, running]))
        .digest('hex'),
    }
  })
}

/** Renames and labels the service, which goes on running. */
export function adopt(
  client: MockClient,
  { spec, resource }: { readonly spec: TenantComputeSpec; readonly resource: string },
  options: OperationOptions,
): Promise<ProvisionResult> {
  return client.call('adopt', options, async () => {
    await client.reach('adopt.started')
    const { target, name } = client
    target.atomically(() => {
      const live = findAdoptable(client, resource)
      if (readOwnership(live.labels) !== undefined) return
      const labels = { ...live.labels, ...spec.labels, ...ownershipMarks(client.ownership) }
      if (!target.take(live, { name, labels })) throw conflict(client, `the name ${name} is taken already`)
      client.countWrite('service.update')
    })
    await client.reach('adopt.service_marked')
    ensureNetwork(client, spec)
    return { status: 'success', resourceIds: resourceIds(client) }
  })
}

/** What was adopted before has our name by now, and still the id. */
function findAdoptable(client: MockClient, resource: string): Adoptable {
  const services = client.target.list().filter(({ kind }) => kind === 'service')
  const ours = client.target.find('service', client.name)
  const found =
    services.find(({ id, name }) => id === resource || name === resource) ?? (client.isOurs(ours) ? ours : undefined)
  const service = found?.service
  if (found === undefined || service === undefined || service.goneAt !== null) {
    const issues = [{ path: '/resource', keyword: 'rule', message: `there is no running service ${resource}` }]
    throw new InvalidConfigError({ subject: 'adoption', issues })
  }
  if (readOwnership(found.labels) !== undefined && !client.isOurs(found)) {
    throw conflict(client, `service ${resource} carries the marks of another tenant or installation`)
  }
  return { ...found, service }
}

function conflict({ tenantId }: MockClient, message: string): ConflictError {
  return new ConflictError({ message, details: { tenantId } })
}
