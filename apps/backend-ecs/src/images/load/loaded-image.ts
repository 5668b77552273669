import { BatchDeleteImageCommand } from '@aws-sdk/client-ecr'
import type { BackendDeps } from '../../backend-deps.ts'
import { AwsCallError } from '../../errors/aws-call-error.ts'
import { DockerError } from '../../errors/docker-error.ts'
import type { ImageRecord } from '../../store/records.ts'
import { parseReference } from '../image-reference.ts'

/** The account whose registry it is; an emulated one has no account in its address. */
const ACCOUNT = /^(\d{12})\.dkr\.ecr\./

/**
 * The tag that holds a loaded image in ECR. Each backend has tags of its own, so that several can share a repository: layers
 * are kept once, and an image stays until the last tag is taken away.
 */
export const loadedTagOf = (instance: string, imageId: string): string =>
  `${instance}-${imageId.replace('sha256:', '')}`

/** Takes an image's tag out of ECR; that it has gone already is as well. */
export async function releaseLoadedImage(aws: BackendDeps['aws'], image: ImageRecord): Promise<void> {
  const { registry, repository: repositoryName } = parseReference(image.source)
  const registryId = ACCOUNT.exec(registry)?.[1]
  const request = new BatchDeleteImageCommand({
    repositoryName,
    imageIds: [{ imageTag: image.loadedTag }],
    ...(registryId === undefined ? {} : { registryId }),
  })
  try {
    const { failures = [] } = await aws.ecr('write').send(request)
    const [failure] = failures.filter(({ failureCode }) => failureCode !== 'ImageNotFound')
    if (failure === undefined) return
    throw new DockerError({ status: 500, message: `ecr: batch delete image: ${failure.failureReason}` })
  } catch (error) {
    if (!(error instanceof AwsCallError && error.facts.name === 'RepositoryNotFoundException')) throw error
  }
}
