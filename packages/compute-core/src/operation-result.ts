import type { ConfigChange } from './config-change.ts'
import type { ResourceIds } from './tenant-ref.ts'

interface OperationResult {
  /** The whole handle, not a delta. Saved before anything else happens. */
  readonly resourceIds: ResourceIds
  /** For a person: what was done or why it failed. */
  readonly message?: string
}

export interface ProvisionResult extends OperationResult {
  /** `success`: the target reports the result at once. `in_progress`: poll `getStatus` until `settled`. */
  readonly status: 'success' | 'in_progress' | 'failed'
}

export interface UpdateResult extends OperationResult {
  /** `no_changes`: live state already matches, and nothing was written. */
  readonly status: 'success' | 'in_progress' | 'failed' | 'no_changes'
  /** Exactly what differed, from a diff of normalised states. */
  readonly changes: readonly ConfigChange[]
}

export interface DestroyResult extends OperationResult {
  /** `in_progress`: call `destroy` again until it says `destroyed`. */
  readonly status: 'destroyed' | 'in_progress'
}
