/** Tags on everything in AWS that is made here; by them a backend with an empty store finds what is its own. */
export const TAG_BACKEND = 'sockerless-backend'
export const TAG_CONTAINER_ID = 'sockerless-container-id'
export const TAG_CONTAINER_NAME = 'sockerless-container-name'
export const TAG_NETWORK_ID = 'sockerless-network-id'
export const TAG_NETWORK_NAME = 'sockerless-network-name'
/** On the security group of a network: its namespace in Cloud Map, and that one's name. */
export const TAG_NAMESPACE_ID = 'sockerless-namespace-id'
export const TAG_DOMAIN = 'sockerless-domain'
export const TAG_VOLUME_NAME = 'sockerless-volume-name'
/** ISO 8601. */
export const TAG_CREATED_AT = 'sockerless-created-at'
/** Which start of the container a task is, from 1. */
export const TAG_RUN = 'sockerless-run'
export const TAG_IMAGE_ID = 'sockerless-image-id'
/** On the last task of a container that was removed: ECS shows it for an hour longer. */
export const TAG_REMOVED = 'sockerless-removed'
