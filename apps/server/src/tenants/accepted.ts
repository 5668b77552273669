import type { StoredTenant } from '../store/stored-tenant.ts'
import type { FinishedOperation } from './finished-operation.ts'

/** What came of a write. After the commit the worker is triggered and whoever waits is told. */
export interface Accepted {
  readonly tenant: StoredTenant
  /** `created` and `started` have new work; `triggered` asks the worker to look now; `done` has nothing under way. */
  readonly outcome: 'created' | 'started' | 'triggered' | 'under-way' | 'changed' | 'done' | 'removed'
  /** What was open before and ended with this. */
  readonly superseded?: FinishedOperation
}
