import { EcsError } from '../ecs-error.ts'
import { REGISTRY_USER } from '../registry/image-registry.ts'
import type { JsonNeighbour } from './json-neighbour.ts'

/** Documented for GetAuthorizationToken. */
const VALID_SECONDS = 12 * 60 * 60

/** ECR as far as somebody calls it who pulls, pushes and takes away again; the images themselves are behind the registry's own protocol. */
export const ECR: JsonNeighbour = {
  target: 'AmazonEC2ContainerRegistry_V20150921',
  operations: {
    GetAuthorizationToken: {
      reads: true,
      run: (_input, { clock, registry }) => ({
        authorizationData: [
          {
            authorizationToken: Buffer.from(`${REGISTRY_USER}:${registry.password}`).toString('base64'),
            expiresAt: Math.floor(clock.now() / 1000) + VALID_SECONDS,
            proxyEndpoint: registry.endpoint(),
          },
        ],
      }),
    },
    BatchDeleteImage: {
      reads: false,
      run(input, { registry }) {
        const { repositoryName = '', imageIds = [] } = input as BatchDeleteImageRequest
        const repository = registry.repository(repositoryName)
        if (repository === undefined) {
          const message = `The repository with name '${repositoryName}' does not exist in the registry`
          throw new EcsError({ type: 'RepositoryNotFoundException', message })
        }
        const byDigest = imageIds.find(({ imageTag }) => imageTag === undefined)
        if (byDigest !== undefined) {
          throw new EcsError({
            type: 'InvalidParameterException',
            message: 'The emulated ECR deletes images by their tags only.',
          })
        }
        const isGone = imageIds.map(({ imageTag = '' }) => repository.untag(imageTag))
        return {
          imageIds: imageIds.filter((_, position) => isGone[position]),
          failures: imageIds
            .filter((_, position) => !isGone[position])
            .map((imageId) => ({
              imageId,
              failureCode: 'ImageNotFound',
              failureReason: 'Requested image not found',
            })),
        }
      },
    },
  },
}

interface BatchDeleteImageRequest {
  readonly repositoryName?: string
  readonly imageIds?: readonly { readonly imageTag?: string }[]
}
