import type { ConfigChange } from './config-change.ts'

/** What an operation would do to the live state; making it changes nothing. */
export interface ComputePlan {
  readonly action: 'create' | 'update' | 'no_changes'
  readonly changes: readonly ConfigChange[]
  /** Things worth knowing before going on, e.g. a short outage because a fixed host port is kept. */
  readonly warnings?: readonly string[]
}
