import type { ProviderRegistry } from '@landlord/compute-core'
import type { DriftLimits } from '../drift/drift-limits.ts'

/** What accepting a change needs; nothing in it does I/O. */
export interface TenantDeps {
  readonly registry: ProviderRegistry
  readonly now: () => Date
  /** How long an operation may take before it fails with `timeout`. */
  readonly deadlineSeconds: Readonly<
    Record<'provision' | 'update' | 'suspend' | 'resume' | 'restart' | 'destroy', number>
  >
  readonly drift: DriftLimits
}
