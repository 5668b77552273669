import type { ComputeProvider, JsonObject, Logger } from '@landlord/compute-core'

export interface ProviderContext {
  /** The control plane's id, part of every ownership mark. */
  readonly installation: string
  readonly logger: Logger
  /** The provider's block under `compute:`, as the operator wrote it. */
  readonly settings: JsonObject
}

/** What a provider package exports under the name `createProvider`. */
export interface ProviderModule {
  createProvider(context: ProviderContext): ComputeProvider | Promise<ComputeProvider>
}
