import type Docker from 'dockerode'

export interface LabelledResource {
  readonly kind: 'container' | 'network' | 'volume'
  readonly id: string
  readonly name: string
}

/** Everything on the engine that carries all of `labels` (`key` or `key=value`), stopped containers included. */
export async function listLabelled(docker: Docker, labels: readonly string[]): Promise<LabelledResource[]> {
  const filters = { label: [...labels] }
  const [containers, networks, volumes] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
  ])
  return [
    ...containers.map(({ Id, Names }) => ({ kind: 'container' as const, id: Id, name: (Names[0] ?? '').slice(1) })),
    ...networks.map(({ Id, Name }) => ({ kind: 'network' as const, id: Id, name: Name })),
    ...(volumes.Volumes ?? []).map(({ Name }) => ({ kind: 'volume' as const, id: Name, name: Name })),
  ]
}

export async function readLabels(
  docker: Docker,
  { kind, id }: Pick<LabelledResource, 'kind' | 'id'>,
): Promise<Record<string, string>> {
  if (kind === 'container') return (await docker.getContainer(id).inspect()).Config.Labels
  if (kind === 'network') return (await docker.getNetwork(id).inspect()).Labels ?? {}
  return (await docker.getVolume(id).inspect()).Labels
}

/** Removes what `listLabelled` lists: containers first, then what they used. What is gone already does not matter. */
export async function removeLabelled(docker: Docker, labels: readonly string[]): Promise<void> {
  const found = await listLabelled(docker, labels)
  const ofKind = (kind: LabelledResource['kind']) => found.filter((resource) => resource.kind === kind)
  await Promise.allSettled(
    ofKind('container').map(({ id }) => docker.getContainer(id).remove({ force: true, v: true })),
  )
  await Promise.allSettled(ofKind('network').map(({ id }) => docker.getNetwork(id).remove()))
  await Promise.allSettled(ofKind('volume').map(({ id }) => docker.getVolume(id).remove()))
}
