import { REGISTRY_USER } from '../registry/image-registry.ts'
import type { JsonNeighbour } from './json-neighbour.ts'

/** Documented for GetAuthorizationToken. */
const VALID_SECONDS = 12 * 60 * 60

/** ECR as far as somebody who pulls calls it; the images themselves are behind the registry's own protocol. */
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
  },
}
