import { isOwnedBy } from '@landlord/compute-core'
import type { ContainerInfo, ContainerInspectInfo } from 'dockerode'
import { readMarker, withMarker } from './adoption-marker.ts'
import { CONTAINER_LABELS } from './container-labels.ts'
import { isGone } from './map-docker-error.ts'
import { markFilters } from './mark-filters.ts'
import type { TenantScope } from './tenant-scope.ts'

export type Container = ContainerInspectInfo

/** A tenant's containers, by the part that each plays. Nothing but the engine knows it. */
export type TenantContainers =
  | { readonly kind: 'absent' }
  | { readonly kind: 'single'; readonly current: Container; readonly strays: readonly Container[] }
  | {
      readonly kind: 'replacing'
      /** Serves until `next` is proven. */
      readonly current: Container
      readonly next: Container
      readonly strays: readonly Container[]
    }

export async function readTenant(scope: TenantScope): Promise<TenantContainers> {
  const listed = await listTenantContainers(scope)
  const inspected = await Promise.all(listed.map(({ Id }) => inspectContainer(scope, Id)))
  return classify(inspected.filter((container) => container !== undefined))
}

/** Stopped ones included. */
export async function listTenantContainers(scope: TenantScope): Promise<ContainerInfo[]> {
  const [marked, marker] = await Promise.all([list(scope, markFilters(scope.marks)), readMarker(scope)])
  const own = marked.filter(({ Labels }) => isOwnedBy(Labels, scope.ownership))
  return marker === undefined ? own : [...own, ...(await list(scope, { id: [marker.containerId] }))]
}

function list(scope: TenantScope, filters: Readonly<Record<string, readonly string[]>>): Promise<ContainerInfo[]> {
  return scope.client.request<ContainerInfo[]>({
    action: 'list the tenant’s containers',
    method: 'GET',
    path: '/containers/json',
    query: { all: true, filters },
    signal: scope.signal,
  })
}

/** By id or name, an adopted one with its marker's labels; undefined when there is none. */
export async function inspectContainer(scope: TenantScope, idOrName: string): Promise<Container | undefined> {
  const container = await inspect(scope, idOrName)
  if (container === undefined || isOwnedBy(container.Config.Labels, scope.ownership)) return container
  const marker = await readMarker(scope)
  return marker?.containerId === container.Id ? withMarker(container, marker) : container
}

async function inspect(scope: TenantScope, idOrName: string): Promise<Container | undefined> {
  try {
    return await scope.client.request<Container>({
      action: `inspect container ${idOrName}`,
      method: 'GET',
      path: `/containers/${encodeURIComponent(idOrName)}/json`,
      signal: scope.signal,
    })
  } catch (error) {
    if (isGone(error)) return undefined
    throw error
  }
}

function classify(containers: readonly Container[]): TenantContainers {
  const ids = new Set(containers.map(({ Id }) => Id))
  const replaced = (container: Container) => container.Config.Labels[CONTAINER_LABELS.replaces] ?? ''
  const [current, ...others] = containers.filter((container) => !ids.has(replaced(container))).sort(byService)
  if (current === undefined) return { kind: 'absent' }
  const replacements = containers.filter((container) => ids.has(replaced(container)))
  const [next] = replacements.filter((container) => replaced(container) === current.Id)
  const strays = [...others, ...replacements.filter((container) => container !== next)]
  return next === undefined ? { kind: 'single', current, strays } : { kind: 'replacing', current, next, strays }
}

// Two that replace nothing are left only by a race between operations: the one that serves stays, then the newer.
function byService(left: Container, right: Container): number {
  const generation = (container: Container) => Number(container.Config.Labels[CONTAINER_LABELS.generation] ?? 0)
  return (
    Number(right.State.Running) - Number(left.State.Running) ||
    generation(right) - generation(left) ||
    right.Created.localeCompare(left.Created)
  )
}
