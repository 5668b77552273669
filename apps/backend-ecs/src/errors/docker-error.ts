/** What a client of the Docker Engine API is told: a status, and a message in Docker's words where it has any. */
export class DockerError extends Error {
  readonly status: number
  /** Request ids of the AWS calls behind it, for the log. */
  readonly awsRequestId?: string

  constructor({ status, message, cause, awsRequestId }: DockerErrorParts) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'DockerError'
    this.status = status
    if (awsRequestId !== undefined) this.awsRequestId = awsRequestId
  }
}

interface DockerErrorParts {
  readonly status: number
  readonly message: string
  readonly cause?: unknown
  readonly awsRequestId?: string
}

/** 400: the request cannot be meant. */
export const badRequest = (message: string): DockerError => new DockerError({ status: 400, message })
/** 404, in Docker's wording, which clients match: `No such container: web`. */
export const noSuch = (kind: 'container' | 'image' | 'exec instance', name: string): DockerError =>
  new DockerError({ status: 404, message: `No such ${kind}: ${name}` })
/** 409: true, but not now. */
export const conflict = (message: string): DockerError => new DockerError({ status: 409, message })
/** 501: what ECS cannot do, by the name under which it was asked for. */
export const notOnEcs = (what: string, why: string): DockerError =>
  new DockerError({ status: 501, message: `${what} is not supported on ECS: ${why}` })
