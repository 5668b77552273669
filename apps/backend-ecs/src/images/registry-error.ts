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

/** A refusal of what was to be kept in a repository, with the registry's own reason. */
export async function refusedPush(
  { registry, repository }: Pick<ImageReference, 'registry' | 'repository'>,
  response: Response,
): Promise<DockerError> {
  const { status } = response
  const reason = await reasonOf(response)
  const advice = PUSH_ADVICE[status]
  return new DockerError({
    status: 500,
    message: `push to ${registry}/${repository}: ${status}: ${reason}${advice === undefined ? '' : ` (${advice})`}`,
  })
}

const PUSH_ADVICE: Readonly<Record<number, string>> = {
  401: 'ecs.ecr_repository must be a repository of ECR in ecs.region',
  403: 'grant the identity this backend runs as to push; its README lists the minimal policies',
  404: 'create the repository in ECR, or name another one in ecs.ecr_repository',
  429: 'AWS limits the rate of calls; try again in a moment',
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { errors } = (await response.json()) as { errors?: { code?: string; message?: string }[] }
    return errors?.[0]?.message ?? errors?.[0]?.code ?? response.statusText
  } catch {
    return response.statusText
  }
}
