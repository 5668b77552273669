import type { Drift, DriftPolicy } from '@landlord/api-contract'
import type { Kysely } from 'kysely'
import type { Database } from './database.ts'
import { fromObservedColumns } from './stored-tenant.ts'

export interface DriftedRow {
  readonly id: string
  readonly name: string
  readonly provider: string
  readonly status: string
  readonly driftPolicy: DriftPolicy
  readonly drift: Drift
}

export interface DriftedPage {
  readonly limit: number
  /** Where the page before ended. */
  readonly after?: { readonly value: string; readonly id: string }
}

/** The longest drifted first; one more than `limit` where there is a further page. */
export async function listDrifted(db: Kysely<Database>, { limit, after }: DriftedPage): Promise<DriftedRow[]> {
  let query = db
    .selectFrom('tenant_observations')
    .innerJoin('tenants', 'tenants.id', 'tenant_observations.tenant_id')
    .select(['tenants.id', 'name', 'provider', 'status', 'drift_policy', 'observed_at'])
    .select(['drift', 'heals', 'heal_stopped_at'])
    .where('drifted_at', 'is not', null)
  if (after !== undefined) {
    query = query
      .where('drifted_at', '>=', after.value)
      .where((where) =>
        where.or([
          where('drifted_at', '>', after.value),
          where.and([where('drifted_at', '=', after.value), where('tenant_observations.tenant_id', '>', after.id)]),
        ]),
      )
  }
  const rows = await query
    .orderBy('drifted_at')
    .orderBy('tenant_observations.tenant_id')
    .limit(limit + 1)
    .execute()
  return rows.flatMap((row) => {
    const drift = fromObservedColumns(row)
    const { id, name, provider, status } = row
    return drift === null ? [] : [{ id, name, provider, status, driftPolicy: row.drift_policy as DriftPolicy, drift }]
  })
}
