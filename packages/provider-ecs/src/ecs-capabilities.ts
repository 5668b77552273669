import type { ProviderCapabilities } from '@landlord/compute-core'

export const ecsCapabilities: ProviderCapabilities = Object.freeze({
  plan: true,
  listOwned: true,
  logs: true,
  suspend: true,
  restart: true,
  // A task definition says what runs; the spec's containers and secrets have no say.
  multipleContainers: false,
  secrets: false,
  rollingUpdate: true,
  ownership: true,
  adopt: true,
})
