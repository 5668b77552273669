import type { Readable } from 'node:stream'
import { ProvisionFailedError, TimeoutError } from '@landlord/compute-core'
import type { ImageInspectInfo } from 'dockerode'
import type { DockerConfig, RegistryAuthConfig } from './docker-config.ts'
import type { RegistryAuth } from './engine-request.ts'
import { isGone, mapDockerError, reasonOf } from './map-docker-error.ts'
import { normaliseImage } from './normalise-config.ts'
import { PullProgress } from './pull-progress.ts'
import { readJsonLines } from './read-json-lines.ts'
import type { TenantScope } from './tenant-scope.ts'

/** The registry's first answer can take a while behind a slow link. */
const PULL_START_TIMEOUT_MS = 120_000
/** A pull that says nothing for so long hangs: the engine reports several times a second while bytes arrive. */
const PULL_IDLE_TIMEOUT_MS = 120_000

/**
 * Makes the image available and gives its id. With credentials it is pulled every time: an image that is on the engine could be
 * another tenant's, and only the registry knows who may have it.
 */
export async function ensureImage(
  scope: TenantScope,
  config: Pick<DockerConfig, 'image' | 'pull_policy' | 'registry_auth'>,
  onProgress: (message: string) => void,
): Promise<string> {
  const image = normaliseImage(config.image)
  const policy = config.pull_policy ?? 'if_not_present'
  if (policy === 'never' || (policy === 'if_not_present' && config.registry_auth === undefined)) {
    const id = await imageId(scope, image)
    if (id !== undefined) return id
    if (policy === 'never') throw notPresent(image, 'pull_policy is "never"; load it there, or let it be pulled')
  }
  await scope.client.pull(scope.signal, () => pull(scope, image, config.registry_auth, onProgress))
  const id = await imageId(scope, image)
  if (id === undefined) throw notPresent(image, 'its pull has just ended well; somebody removed it meanwhile')
  return id
}

/** Whether it must be pulled although the engine may have it. */
export function pullsEveryTime(config: Pick<DockerConfig, 'pull_policy' | 'registry_auth'>): boolean {
  return config.pull_policy === 'always' || (config.registry_auth !== undefined && config.pull_policy !== 'never')
}

async function imageId(scope: TenantScope, image: string): Promise<string | undefined> {
  try {
    const { Id } = await scope.client.request<ImageInspectInfo>({
      action: `look for image ${image}`,
      method: 'GET',
      path: `/images/${image}/json`,
      signal: scope.signal,
    })
    return Id
  } catch (error) {
    if (isGone(error) || reasonOf(error) === 'image_not_found') return undefined
    throw error
  }
}

async function pull(
  scope: TenantScope,
  image: string,
  auth: RegistryAuthConfig | undefined,
  onProgress: (message: string) => void,
): Promise<void> {
  const action = `pull image ${image}`
  onProgress(`pulling image ${image}`)
  const events = await scope.client.stream({
    action,
    method: 'POST',
    path: '/images/create',
    query: splitReference(image),
    ...(auth === undefined ? {} : { registryAuth: toRegistryAuth(auth) }),
    timeoutMs: PULL_START_TIMEOUT_MS,
    signal: scope.signal,
  })
  const progress = new PullProgress(image)
  const watch = watchIdle(events, action)
  try {
    for await (const event of readJsonLines(events)) {
      watch.alive()
      // The engine answers 200 as soon as it begins; what goes wrong later is an event.
      const failure = event.errorDetail?.message ?? event.error
      if (failure !== undefined) throw mapDockerError(new Error(failure), { action })
      const message = progress.add(event)
      if (message !== undefined) onProgress(message)
    }
  } catch (error) {
    throw mapDockerError(watch.failure() ?? error, { action })
  } finally {
    watch.end()
  }
}

function watchIdle(stream: Readable, action: string) {
  const expired = new TimeoutError({
    message: `${action}: the engine reported nothing for ${PULL_IDLE_TIMEOUT_MS / 1000} s; check its link to the registry`,
  })
  const timer = setTimeout(() => stream.destroy(expired), PULL_IDLE_TIMEOUT_MS)
  return {
    alive: () => timer.refresh(),
    failure: () => (stream.errored === expired ? expired : undefined),
    end: () => clearTimeout(timer),
  }
}

/** The engine wants the tag or digest apart; without one it would pull every tag. */
export function splitReference(image: string): { fromImage: string; tag: string } {
  const at = image.indexOf('@')
  const name = at === -1 ? image : image.slice(0, at)
  const colon = name.lastIndexOf(':')
  const tagged = colon > name.lastIndexOf('/')
  const repository = tagged ? name.slice(0, colon) : name
  return { fromImage: repository, tag: at === -1 ? name.slice(colon + 1) : image.slice(at + 1) }
}

function toRegistryAuth({ username, password, server }: RegistryAuthConfig): RegistryAuth {
  return { username, password, ...(server === undefined ? {} : { serveraddress: server }) }
}

function notPresent(image: string, why: string): ProvisionFailedError {
  return new ProvisionFailedError({
    message: `image ${image} is not on the Docker Engine and ${why}`,
    details: { reason: 'image_not_found', image },
  })
}
