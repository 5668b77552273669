import type { BackendDeps } from '../backend-deps.ts'
import { badRequest, conflict, noSuch } from '../errors/docker-error.ts'
import type { ImageRecord } from '../store/records.ts'
import { checkPlatform } from './check-platform.ts'
import { createEcrLogin } from './ecr-credentials.ts'
import { findImages } from './find-images.ts'
import { familiarReference, fullReference, parseReference } from './image-reference.ts'
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
  /** One record for each reference. */
  list(): ImageRecord[]
  tag(name: string, target: string): void
  /** What was untagged and deleted, as Docker lists it. Throws 409 while a container uses it, unless `force`. */
  remove(name: string, options: { readonly force: boolean }): ({ Untagged: string } | { Deleted: string })[]
  /** Removes what no container uses; with `all`, not only what has no tag. */
  prune(options: { readonly all: boolean }): ({ Untagged: string } | { Deleted: string })[]
}

type Deps = Pick<BackendDeps, 'aws' | 'store' | 'settings' | 'events' | 'now'>

export function createImageOperations({ aws, store, settings, events, now }: Deps): ImageOperations {
  const { images, containers } = store
  const login = createEcrLogin({ aws, settings })
  const { cpu_architecture: architecture } = settings.ecs

  const publish = (action: string, image: ImageRecord): void =>
    events.publish({ type: 'image', action, id: image.id, attributes: { name: familiar(image.reference) } })

  const userOf = (id: string): string | undefined =>
    containers
      .list()
      .find(({ imageId }) => imageId === id)
      ?.id.slice(0, 12)

  function find(name: string): ImageRecord {
    const [found] = findImages(images.list(), name)
    if (found === undefined) throw noSuch('image', /[:@]/.test(name) ? name : `${name}:latest`)
    return found
  }

  function drop(image: ImageRecord): ({ Untagged: string } | { Deleted: string })[] {
    images.delete(image.reference)
    publish('untag', image)
    const untagged = { Untagged: familiar(image.reference) }
    if (images.list().some(({ id }) => id === image.id)) return [untagged]
    publish('delete', image)
    return [untagged, { Deleted: image.id }]
  }

  return {
    find,
    list: () => images.list(),
    async pull({ reference: text, credentials, platform, signal }) {
      checkPlatform(platform, architecture)
      const reference = parseReference(text)
      const image = {
        ...(await readImage(createRegistryClient({ credentials, login, signal }), reference, architecture)),
        ...(credentials === undefined ? {} : { needsCredentials: true }),
        pulledAt: now().toISOString(),
      }
      const known = images.get(image.reference)
      if (!images.insert(image)) images.replace(image)
      publish('pull', image)
      return { image, isNew: known?.id !== image.id }
    },
    tag(name, target) {
      const reference = parseReference(target)
      if (reference.digest !== undefined) throw badRequest('refusing to create a tag with a digest reference')
      const image = { ...find(name), reference: fullReference(reference) }
      if (!images.insert(image)) images.replace(image)
      publish('tag', image)
    },
    remove(name, { force }) {
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
      const user = gone.length === siblings.length ? userOf(image.id) : undefined
      if (user !== undefined && !force) {
        throw conflict(
          `conflict: unable to remove repository reference "${name}" (must force) - container ${user} is using its referenced image ${image.id.slice(7, 19)}`,
        )
      }
      return gone.flatMap(drop)
    },
    prune: ({ all }) =>
      images
        .list()
        .filter(({ id, reference }) => userOf(id) === undefined && (all || reference.includes('@')))
        .flatMap(drop),
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
