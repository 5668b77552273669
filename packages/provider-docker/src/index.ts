export {
  DOCKER_CERT_PATH_VARIABLE,
  DOCKER_HOST_VARIABLE,
  DOCKER_TLS_VERIFY_VARIABLE,
} from './connection-options.ts'
export { dockerCapabilities } from './docker-capabilities.ts'
export type { DockerHandle } from './docker-client.ts'
export type { DockerConfig } from './docker-config.ts'
export { dockerConfigSchema } from './docker-config-schema.ts'
export { createDockerProvider, type DockerProviderOptions } from './docker-provider.ts'
export { type DockerSettings, dockerSettingsSchema } from './docker-settings.ts'
