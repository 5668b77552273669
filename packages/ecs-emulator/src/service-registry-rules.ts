import type { ServiceRegistry } from '@aws-sdk/client-ecs'
import { invalidParameter } from './ecs-error.ts'
import type { World } from './world.ts'

/** What must hold of a service's registries (documented; the texts are invented). */
export function checkServiceRegistries({ discoveryServices }: World, registries: readonly ServiceRegistry[]): void {
  if (registries.length > 1) throw invalidParameter('serviceRegistries can have at most 1 item.')
  const known = Object.values(discoveryServices)
  for (const { registryArn } of registries) {
    if (known.some(({ arn }) => arn === registryArn)) continue
    throw invalidParameter(`The service registry with registryArn ${registryArn} does not exist.`)
  }
}
