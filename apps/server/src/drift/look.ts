import type { WorkerObservation } from '@landlord/api-contract'
import type { TenantObservationRow } from '../store/database.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'

/** What a worker saw, where it saw something, or saw that there is nothing. */
export type Seen = Extract<WorkerObservation, { outcome: 'seen' | 'missing' }>

/** A look at a tenant on which nothing is under way, beside what is stored. */
export interface Look {
  readonly tenant: StoredTenant
  readonly row: TenantObservationRow
  readonly seen: Seen
  readonly now: Date
}
