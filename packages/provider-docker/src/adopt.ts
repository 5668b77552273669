import { createHash } from 'node:crypto'
import {
  type Adoption,
  type AdoptionPlan,
  ConflictError,
  mergeConfig,
  type OperationOptions,
  type ProvisionResult,
  type ReadOptions,
  type TenantComputeSpec,
} from '@landlord/compute-core'
import { assertFree, readAdoptable } from './adoptable-container.ts'
import { type AdoptionMarker, readMarker, removeMarker, withMarker, writeMarker } from './adoption-marker.ts'
import { claimAdoption, releaseClaim } from './claim-adoption.ts'
import { CONTAINER_LABELS } from './container-labels.ts'
import { diffDesired } from './diff-desired.ts'
import type { DockerConfig } from './docker-config.ts'
import { lostByReplacement } from './lost-by-replacement.ts'
import { normaliseConfig } from './normalise-config.ts'
import { type Container, inspectContainer } from './read-tenant.ts'
import { resourceIds } from './resource-ids.ts'
import { type DockerContext, type TenantScope, tenantScope } from './tenant-scope.ts'
import { toConfigLabel } from './to-create-container-input.ts'

/** Reads the container and writes nothing. `resolve` validates a whole configuration. */
export async function planAdoption(
  context: DockerContext,
  { tenantId, resource, providerConfig }: Adoption,
  { options, resolve }: { readonly options: ReadOptions; readonly resolve: (spec: TenantComputeSpec) => DockerConfig },
): Promise<AdoptionPlan> {
  const scope = tenantScope(context, tenantId, options)
  const { container, config: live } = await readAdoptable(scope, resource)
  const config = mergeConfig(live, providerConfig)
  const desired = resolve({ tenantId, providerType: 'docker', containers: [], providerConfig: config })
  const { Id, Image, RestartCount, State, HostConfig } = container
  const { NanoCpus, Memory, PidsLimit, RestartPolicy } = HostConfig
  const facts = [Id, Image, RestartCount, State.StartedAt, NanoCpus, Memory, PidsLimit, RestartPolicy]
  const name = container.Name.slice(1)
  return {
    resource: { kind: 'container', id: Id, name },
    config,
    // Without the volume's name, which is of a tenant that is only planned.
    steps: [`make an empty volume with the ownership marks and the id of container ${name}`],
    changes: diffDesired(asAdopted(scope, container, live), normaliseConfig(desired)),
    warnings: warningsOf(container),
    fingerprint: createHash('sha256').update(JSON.stringify(facts)).digest('hex'),
  }
}

/** Writes the marker beside the container, which is not touched. */
export async function adopt(
  context: DockerContext,
  { spec, resource }: { readonly spec: TenantComputeSpec; readonly resource: string },
  options: OperationOptions,
): Promise<ProvisionResult> {
  const scope = tenantScope(context, spec.tenantId, options)
  const { container, config } = await readAdoptable(scope, resource)
  await removeStaleMarker(scope, container)
  const labels = {
    ...labelsOf(config),
    [CONTAINER_LABELS.operation]: options.operationId,
    [CONTAINER_LABELS.generation]: String(options.generation),
  }
  const marker = (await readMarker(scope)) ?? (await writeMarkerAlone(scope, container, labels))
  await releaseClaim(scope, container.Id)
  if (marker?.containerId === container.Id) return { status: 'success', resourceIds: resourceIds(container) }
  throw new ConflictError({
    message: `volume ${scope.names.marker} is there already, and stands for another container; remove it if that one is gone`,
    details: { volume: scope.names.marker },
  })
}

/** Looks again once no other tenant can write a marker: two may have seen the container free at the same time. */
async function writeMarkerAlone(
  scope: TenantScope,
  container: Container,
  labels: Readonly<Record<string, string>>,
): Promise<AdoptionMarker | undefined> {
  await claimAdoption(scope, container.Id)
  try {
    await assertFree(scope, container)
  } catch (error) {
    await releaseClaim(scope, container.Id)
    throw error
  }
  // Where its answer fails to come the claim stays: the write may still arrive.
  return await writeMarker(scope, container.Id, labels)
}

/** Of a container that is gone: its process died between removing the one and the other. */
async function removeStaleMarker(scope: TenantScope, { Id }: Container): Promise<void> {
  const marker = await readMarker(scope)
  if (marker === undefined || marker.containerId === Id) return
  if ((await inspectContainer(scope, marker.containerId)) === undefined) await removeMarker(scope)
}

function asAdopted(scope: TenantScope, container: Container, config: AdoptionPlan['config']): Container {
  return withMarker(container, { containerId: container.Id, labels: { ...labelsOf(config), ...scope.marks } })
}

function labelsOf(config: AdoptionPlan['config']): Record<string, string> {
  const described: unknown = config
  return {
    [CONTAINER_LABELS.config]: toConfigLabel(normaliseConfig(described as DockerConfig)),
    [CONTAINER_LABELS.secrets]: '{}',
    [CONTAINER_LABELS.replaces]: '',
    [CONTAINER_LABELS.restartToken]: '',
    [CONTAINER_LABELS.suspended]: 'false',
    [CONTAINER_LABELS.hostOptions]: 'true',
  }
}

function warningsOf(container: Container): string[] {
  const { NetworkSettings, HostConfig } = container
  const networks = Object.keys(NetworkSettings.Networks ?? {}).filter((name) => name !== 'none')
  const lost = lostByReplacement(container)
  return [
    ...(networks.length === 0
      ? []
      : [
          `it is on network ${networks.join(', ')}; a replacement is on Landlord's network and answers to another name there`,
        ]),
    ...(HostConfig.SecurityOpt?.some((option: string) => option.startsWith('no-new-privileges'))
      ? []
      : ['a replacement runs with no-new-privileges, an init process and logs that rotate']),
    ...(lost.length === 0 ? [] : [`a replacement runs without its ${lost.join(', ')}`]),
  ]
}
