export { type BuildRegistryOptions, buildRegistry, type ComputeSettings } from './build-registry.ts'
export { ComputeSettingsError } from './compute-settings-error.ts'
export type { ProviderContext, ProviderModule } from './provider-module.ts'
