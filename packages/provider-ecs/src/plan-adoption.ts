import { createHash } from 'node:crypto'
import { type AdoptionPlan, InvalidConfigError, type JsonObject, mergeConfig } from '@landlord/compute-core'
import { adoptionTarget, readAdoptable, refused } from './adoptable-service.ts'
import type { DesiredService } from './desired-service.ts'
import { diffService } from './diff-service.ts'
import { liveConfig } from './live-config.ts'
import { primaryDeployment } from './resource-ids.ts'
import type { TenantScope } from './tenant-scope.ts'

export interface AdoptionInput {
  readonly resource: string
  /** What is to be other than what runs. */
  readonly asked: JsonObject
  /** Validates a whole configuration. */
  readonly desire: (config: JsonObject) => DesiredService
}

/** Keys of the configuration that say how to go about a service, which no look at it can tell. */
const WAYS = ['assume_role', 'force_delete', 'replace', 'wait_for_steady_state'] as const

/** Reads the service and writes nothing. */
export async function planAdoption(
  scope: TenantScope,
  { resource, asked, desire }: AdoptionInput,
): Promise<AdoptionPlan> {
  const ways = Object.fromEntries(
    WAYS.flatMap((key) => (scope.defaults[key] === undefined ? [] : [[key, scope.defaults[key]]])),
  )
  const target = adoptionTarget(scope, resource, mergeConfig(ways, asked))
  const service = await readAdoptable(scope, target)
  const live = liveConfig(service, (config) => misplaced(desire, { ...ways, ...config }))
  const config = mergeConfig({ ...ways, ...live }, asked)
  const desired = desire(config)
  const { clusterArn, serviceName } = desired.target
  if (clusterArn !== target.clusterArn || serviceName !== target.serviceName) {
    throw refused('is another service than cluster_arn and service_name of the configuration name; leave these out')
  }
  const { serviceArn = resource, desiredCount = 0 } = service
  const facts = [serviceArn, service.createdAt, primaryDeployment(service)?.id, desiredCount, live]
  return {
    resource: { kind: 'service', id: serviceArn, name: serviceName },
    config,
    steps: [`tag service ${serviceName} with the ownership marks; no deployment starts`],
    changes: diffService(service, desired),
    warnings:
      desired.config.desired_count === undefined
        ? [
            `it runs ${desiredCount} tasks, and keeps that number: what scales it may go on; after an archive it comes back with the default, so set desired_count where nothing scales it`,
          ]
        : [],
    fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex'),
  }
}

/** Pointers to what the rules object to. */
function misplaced(desire: AdoptionInput['desire'], config: JsonObject): string[] {
  try {
    desire(config)
    return []
  } catch (error) {
    if (InvalidConfigError.isInstance(error)) return error.issues.map(({ path }) => path)
    throw error
  }
}
