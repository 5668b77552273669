import { badRequest } from '../errors/docker-error.ts'

/** A reference with nothing left to guess. Either a tag, or a digest, or both as they were given. */
export interface ImageReference {
  /** `docker.io`, `127.0.0.1:5000`, `123456789012.dkr.ecr.eu-west-1.amazonaws.com`. */
  readonly registry: string
  /** `library/busybox`. */
  readonly repository: string
  readonly tag?: string
  readonly digest?: string
}

const DEFAULT_REGISTRY = 'docker.io'
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const REPOSITORY = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`)
const REGISTRY =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/
const TAG = /^\w[\w.-]{0,127}$/
const DIGEST = /^sha256:[0-9a-f]{64}$/

/**
 * Reads a reference as Docker does (distribution/reference): `busybox` is `docker.io/library/busybox:latest`. Throws 400 in
 * Docker's words.
 */
export function parseReference(text: string): ImageReference {
  const invalid = (why = 'invalid reference format') => badRequest(`${why}: ${JSON.stringify(text)}`)
  const [beforeDigest = '', digest, ...tooMany] = text.split('@')
  if (tooMany.length > 0 || (digest !== undefined && !DIGEST.test(digest))) throw invalid()
  const slash = beforeDigest.lastIndexOf('/')
  const colon = beforeDigest.indexOf(':', slash + 1)
  const name = colon < 0 ? beforeDigest : beforeDigest.slice(0, colon)
  const tag = colon < 0 ? undefined : beforeDigest.slice(colon + 1)
  if (tag !== undefined && !TAG.test(tag)) throw invalid()
  const { registry, repository } = splitName(name)
  if (/[A-Z]/.test(repository)) throw invalid('invalid reference format: repository name must be lowercase')
  if (!REPOSITORY.test(repository) || !REGISTRY.test(registry)) throw invalid()
  return {
    registry,
    repository,
    ...(tag === undefined ? (digest === undefined ? { tag: 'latest' } : {}) : { tag }),
    ...(digest === undefined ? {} : { digest }),
  }
}

/** The first part is a registry only when it looks like a host; all else is of Docker Hub. */
function splitName(name: string): { registry: string; repository: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase()
  if (slash < 0 || !isHost) {
    return { registry: DEFAULT_REGISTRY, repository: slash < 0 ? `library/${name}` : name }
  }
  const registry = first === 'index.docker.io' ? DEFAULT_REGISTRY : first
  const repository = name.slice(slash + 1)
  const isOfficial = registry === DEFAULT_REGISTRY && !repository.includes('/')
  return { registry, repository: isOfficial ? `library/${repository}` : repository }
}

/** In full: `docker.io/library/busybox:latest`. The digest counts where there is one, as in Docker. */
export function fullReference({ registry, repository, tag, digest }: ImageReference): string {
  return `${registry}/${repository}${digest === undefined ? `:${tag}` : `@${digest}`}`
}

/** As people write it: `busybox:latest`. */
export function familiarReference(reference: ImageReference): string {
  return `${familiarName(reference)}${reference.digest === undefined ? `:${reference.tag}` : `@${reference.digest}`}`
}

/** Without tag and digest: `busybox`, `127.0.0.1:5000/app`. */
export function familiarName({ registry, repository }: ImageReference): string {
  if (registry !== DEFAULT_REGISTRY) return `${registry}/${repository}`
  return repository.replace(/^library\/(?=[^/]+$)/, '')
}
