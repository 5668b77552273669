import type { ProviderRegistry } from '@landlord/compute-core'

/** What accepting a change needs; nothing in it does I/O. */
export interface TenantDeps {
  readonly registry: ProviderRegistry
  readonly now: () => Date
  /** How long an operation may take before it fails with `timeout`. */
  readonly deadlineSeconds: { readonly provision: number; readonly update: number; readonly destroy: number }
}
