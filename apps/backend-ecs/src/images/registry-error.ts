import { DockerError } from '../errors/docker-error.ts'
import { familiarName, familiarReference, type ImageReference } from './image-reference.ts'

/** Something other than an answer: no connection, no time left, no JSON. */
export function unreachable(registry: string, cause: unknown): DockerError {
  const { code, message } = (
    cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  ) as NodeJS.ErrnoException
  return new DockerError({
    status: 500,
    message: `registry ${registry}: ${code ?? message}: this backend reads the configuration of images from the registry itself; check that it is reachable from here`,
    cause,
  })
}

/** A refusal of the registry, in the words that Docker has for it. */
export function refused(reference: ImageReference, status: number): DockerError {
  const name = familiarName(reference)
  if (status === 401 || status === 403) {
    return new DockerError({
      status: 404,
      message: `pull access denied for ${name}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied`,
    })
  }
  if (status === 404) {
    return new DockerError({
      status: 404,
      message: `manifest for ${familiarReference(reference)} not found: manifest unknown: manifest unknown`,
    })
  }
  if (status === 429) {
    return new DockerError({
      status: 503,
      message: `toomanyrequests: registry ${reference.registry} limits the rate of pulls; try again later, or log in`,
    })
  }
  return new DockerError({
    status: 500,
    message: `registry ${reference.registry} answered ${status} for ${familiarReference(reference)}`,
  })
}
