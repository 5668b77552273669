import type Docker from 'dockerode'

/** Removes from the engine what it has pulled from a registry, be it by tag or by digest. */
export async function removePulled(docker: Docker, registry: string): Promise<void> {
  for (const { RepoTags, RepoDigests } of await docker.listImages()) {
    const names = [...(RepoTags ?? []), ...(RepoDigests ?? [])].filter(
      (name) => name.startsWith(`${registry}/`) || name.startsWith(`${registry}@`),
    )
    await Promise.allSettled(names.map((name) => docker.getImage(name).remove({ force: true })))
  }
}
