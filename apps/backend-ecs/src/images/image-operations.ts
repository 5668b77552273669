import type { Readable } from 'node:stream'
import type { BackendDeps } from '../backend-deps.ts'
import { badRequest, conflict, noSuch } from '../errors/docker-error.ts'
import type { ImageRecord } from '../store/records.ts'
import { checkPlatform } from './check-platform.ts'
import { createEcrLogin } from './ecr-credentials.ts'
import { findImages } from './find-images.ts'
import { createImageRecords } from './image-records.ts'
import { familiarReference, fullReference, parseReference } from './image-reference.ts'
import { type LoadProgress, loadImages } from './load/load-images.ts'
import { readImage } from './read-image.ts'
import { createRegistryClient } from './registry-client.ts'
import type { RegistryCredentials } from './registry-credentials.ts'

interface PullRequest {
  readonly reference: string
  readonly credentials?: RegistryCredentials | undefined
  /** `linux/arm64`; absent: that of the tasks. */
  readonly platform?: string | undefined
  readonly signal: AbortSignal
}

export interface PullResult {
  readonly image: ImageRecord
  /** False: the same was known already. */
  readonly isNew: boolean
}

export interface ImageOperations {
  /** By reference, id, the id's beginning, or digest. Throws 404. */
  find(name: string): ImageRecord
  /** Reads it from its registry. ECS pulls the layers when a container starts. */
  pull(request: PullRequest): Promise<PullResult>
  /** Nobody takes the image away until the work is over. Throws 404 where somebody has. */
  use<Result>(image: ImageRecord, work: () => Promise<Result>): Promise<Result>
  /** One record for each reference. */
  list(): ImageRecord[]
  /** Pushes the images of an archive to ECR. The first progress comes when all that can be checked has been. */
  load(archive: Readable, signal: AbortSignal): AsyncGenerator<LoadProgress>
  tag(name: string, target: string): Promise<void>
  /** What was untagged and deleted, as Docker lists it. Throws 409 while a container uses it, unless `force`. */
  remove(name: string, options: { readonly force: boolean }): Promise<Removal[]>
  /** Removes what no container uses, as far as it fits; with `all`, not only what has no tag. */
  prune(options: PruneOptions): Promise<Removal[]>
}

interface PruneOptions {
  readonly all: boolean
  readonly fits: (image: ImageRecord) => boolean
}

type Removal = { readonly Untagged: string } | { readonly Deleted: string }

type Deps = Pick<BackendDeps, 'aws' | 'store' | 'settings' | 'instance' | 'events' | 'now'>

export function createImageOperations(deps: Deps): ImageOperations {
  const { aws, settings, events, now } = deps
  const images = createImageRecords(deps)
  const login = createEcrLogin({ aws, settings })
  const { cpu_architecture: architecture } = settings.ecs

  const publish = (action: string, image: ImageRecord): void =>
    events.publish({ type: 'image', action, id: image.id, attributes: { name: familiar(image.reference) } })

  function find(name: string): ImageRecord {
    const [found] = findImages(images.list(), name)
    if (found === undefined) throw noSuch('image', /[:@]/.test(name) ? name : `${name}:latest`)
    return found
  }

  async function drop(image: ImageRecord): Promise<Removal[]> {
    const { loadedTag } = image
    await (loadedTag === undefined ? images.forget(image) : images.exclusively(loadedTag, () => images.forget(image)))
    publish('untag', image)
    const untagged = { Untagged: familiar(image.reference) }
    if (images.list().some(({ id }) => id === image.id)) return [untagged]
    publish('delete', image)
    return [untagged, { Deleted: image.id }]
  }

  async function dropAll(gone: readonly ImageRecord[]): Promise<Removal[]> {
    const removals: Removal[] = []
    for (const image of gone) removals.push(...(await drop(image)))
    return removals
  }

  async function use<Result>(image: ImageRecord, work: () => Promise<Result>): Promise<Result> {
    const { id, reference, loadedTag } = image
    const useNow = (): Promise<Result> => {
      if (!images.list().some((other) => other.id === id)) throw noSuch('image', familiar(reference))
      return work()
    }
    return await (loadedTag === undefined ? useNow() : images.exclusively(loadedTag, useNow))
  }

  return {
    find,
    list: () => images.list(),
    use,
    async pull({ reference: text, credentials, platform, signal }) {
      checkPlatform(platform, architecture)
      const reference = parseReference(text)
      const image = {
        ...(await readImage(createRegistryClient({ credentials, login, signal }), reference, architecture)),
        ...(credentials === undefined ? {} : { needsCredentials: true }),
        pulledAt: now().toISOString(),
      }
      const known = images.get(image.reference)
      images.keep(image)
      publish('pull', image)
      return { image, isNew: known?.id !== image.id }
    },
    async tag(name, target) {
      const reference = parseReference(target)
      if (reference.digest !== undefined) throw badRequest('refusing to create a tag with a digest reference')
      await use(find(name), async () => {
        const image = { ...find(name), reference: fullReference(reference) }
        images.keep(image)
        publish('tag', image)
      })
    },
    load: (archive, signal) =>
      loadImages({ ...deps, images, onLoaded: (image) => publish('load', image) }, archive, signal),
    async remove(name, { force }) {
      const named = findImages(images.list(), name)
      const [image] = named
      if (image === undefined) throw noSuch('image', name)
      const siblings = images.list().filter(({ id }) => id === image.id)
      const isById = !named.some(({ reference }) => matchesReference(name, reference))
      const gone = isById ? siblings : named
      if (isById && siblings.length > 1 && !force) {
        throw conflict(
          `conflict: unable to delete ${image.id.slice(7, 19)} (must be forced) - image is referenced in multiple repositories`,
        )
      }
      const user = gone.length === siblings.length ? images.userOf(image.id) : undefined
      if (user !== undefined && !force) {
        throw conflict(
          `conflict: unable to remove repository reference "${name}" (must force) - container ${user} is using its referenced image ${image.id.slice(7, 19)}`,
        )
      }
      return await dropAll(gone)
    },
    async prune({ all, fits }) {
      const removals: Removal[] = []
      for (const image of images
        .list()
        .filter((candidate) => (all || candidate.reference.includes('@')) && fits(candidate))) {
        // A container may have been made from it while others were dropped.
        if (images.userOf(image.id) === undefined) removals.push(...(await drop(image)))
      }
      return removals
    },
  }
}

const familiar = (reference: string): string => familiarReference(parseReference(reference))

function matchesReference(name: string, reference: string): boolean {
  try {
    return fullReference(parseReference(name)) === reference
  } catch {
    return false
  }
}
