import { OWNERSHIP_KEYS, type OwnedResource, type ReadOptions, readOwnership } from '@landlord/compute-core'
import type { ContainerInfo, NetworkInspectInfo, VolumeInspectInfo } from 'dockerode'
import { markFilters } from './mark-filters.ts'
import { type DockerContext, PROVIDER_NAME } from './tenant-scope.ts'

/** Every container, network and volume of this installation. */
export async function* listOwned(context: DockerContext, { signal }: ReadOptions): AsyncGenerator<OwnedResource> {
  const filters = markFilters({
    [OWNERSHIP_KEYS.owner]: 'landlord',
    [OWNERSHIP_KEYS.provider]: PROVIDER_NAME,
    [OWNERSHIP_KEYS.installation]: context.installation,
  })
  const read = <Result>(path: string, query: object) =>
    context.client.request<Result>({
      action: `list ${path}`,
      method: 'GET',
      path,
      query: { ...query, filters },
      signal,
    })

  for (const { Id, Names, Labels, Created } of await read<ContainerInfo[]>('/containers/json', { all: true })) {
    const name = (Names[0] ?? Id).replace(/^\//, '')
    yield* owned(Labels, { kind: 'container', id: Id, name, createdAt: new Date(Created * 1000) })
  }
  for (const { Id, Name, Labels, Created } of await read<NetworkInspectInfo[]>('/networks', {})) {
    yield* owned(Labels, { kind: 'network', id: Id, name: Name, createdAt: new Date(Created) })
  }
  const { Volumes } = await read<{ Volumes: (VolumeInspectInfo & { CreatedAt?: string })[] | null }>('/volumes', {})
  for (const { Name, Labels, CreatedAt } of Volumes ?? []) {
    const createdAt = CreatedAt === undefined ? undefined : new Date(CreatedAt)
    yield* owned(Labels, { kind: 'volume', id: Name, name: Name, createdAt })
  }
}

function* owned(
  labels: Record<string, string> | undefined,
  resource: { kind: string; id: string; name: string; createdAt: Date | undefined },
): Generator<OwnedResource> {
  const ownership = readOwnership(labels)
  if (ownership === undefined) return
  const { createdAt, ...rest } = resource
  yield {
    tenantId: ownership.tenantId,
    ...rest,
    ...(createdAt === undefined ? {} : { createdAt: createdAt.toISOString() }),
  }
}
