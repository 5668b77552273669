import type { ProviderCapabilities } from '@landlord/compute-core'

export const dockerCapabilities: ProviderCapabilities = Object.freeze({
  plan: true,
  listOwned: true,
  logs: true,
  suspend: true,
  restart: true,
  multipleContainers: false,
  secrets: true,
  rollingUpdate: true,
  ownership: true,
  adopt: true,
})
