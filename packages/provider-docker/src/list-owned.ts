import { OWNERSHIP_KEYS, type OwnedResource, type ReadOptions, readOwnership } from '@landlord/compute-core'
import type { ContainerInfo, NetworkInspectInfo, VolumeInspectInfo } from 'dockerode'
import { ADOPTED_CONTAINER } from './adoption-marker.ts'
import { markFilters } from './mark-filters.ts'
import { resourceNames } from './resource-names.ts'
import { type DockerContext, PROVIDER_NAME } from './tenant-scope.ts'

/** Every container, network and volume of this installation; also containers that were adopted, whose marks lie in a volume. */
export async function* listOwned(context: DockerContext, { signal }: ReadOptions): AsyncGenerator<OwnedResource> {
  const marked = markFilters({
    [OWNERSHIP_KEYS.owner]: 'landlord',
    [OWNERSHIP_KEYS.provider]: PROVIDER_NAME,
    [OWNERSHIP_KEYS.installation]: context.installation,
  })
  const read = <Result>(path: string, filters: Readonly<Record<string, readonly string[]>>, query: object = {}) =>
    context.client.request<Result>({
      action: `list ${path}`,
      method: 'GET',
      path,
      query: { ...query, filters },
      signal,
    })

  for (const container of await read<ContainerInfo[]>('/containers/json', marked, { all: true })) {
    yield* owned(container.Labels, toResource(container))
  }
  for (const { Id, Name, Labels, Created } of await read<NetworkInspectInfo[]>('/networks', marked)) {
    yield* owned(Labels, { kind: 'network', id: Id, name: Name, createdAt: new Date(Created) })
  }
  const { Volumes } = await read<{ Volumes: (VolumeInspectInfo & { CreatedAt?: string })[] | null }>('/volumes', marked)
  for (const { Name, Labels, CreatedAt } of Volumes ?? []) {
    const createdAt = CreatedAt === undefined ? undefined : new Date(CreatedAt)
    yield* owned(Labels, { kind: 'volume', id: Name, name: Name, createdAt })
    const adopted = adoptedContainer(context, Name, Labels)
    if (adopted === undefined) continue
    for (const container of await read<ContainerInfo[]>('/containers/json', { id: [adopted] }, { all: true })) {
      yield* owned(Labels, toResource(container))
    }
  }
}

/** The id of the container that the volume stands for, and that `destroy` takes along; undefined where it is no marker. */
function adoptedContainer(
  { settings, installation }: DockerContext,
  volume: string,
  labels: Record<string, string> | undefined,
): string | undefined {
  const tenantId = readOwnership(labels)?.tenantId
  if (tenantId === undefined) return undefined
  const { marker } = resourceNames({ labelPrefix: settings.label_prefix, installation, tenantId })
  return volume === marker ? labels?.[ADOPTED_CONTAINER] : undefined
}

function toResource({ Id, Names, Created }: ContainerInfo): FoundResource {
  const name = (Names[0] ?? Id).replace(/^\//, '')
  return { kind: 'container', id: Id, name, createdAt: new Date(Created * 1000) }
}

interface FoundResource {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly createdAt: Date | undefined
}

function* owned(labels: Record<string, string> | undefined, resource: FoundResource): Generator<OwnedResource> {
  const ownership = readOwnership(labels)
  if (ownership === undefined) return
  const { createdAt, ...rest } = resource
  yield {
    tenantId: ownership.tenantId,
    ...rest,
    ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
  }
}
