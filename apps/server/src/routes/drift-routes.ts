import type { DriftedTenant, routes } from '@landlord/api-contract'
import { releaseBrake, showBrake } from '../drift/brake.ts'
import { decodeCursor, encodeCursor } from '../http/page-cursor.ts'
import type { Handlers } from '../http/register-routes.ts'
import type { ServerDeps } from '../server-deps.ts'
import { type DriftedRow, listDrifted } from '../store/list-drifted.ts'
import { countDriftByReason, countHealing, readObservationAge } from '../store/observation-store.ts'

type DriftRoute = 'getDrift' | 'releaseDriftBrake'

const DEFAULT_LIMIT = 50

export function driftRoutes(deps: ServerDeps): Pick<Handlers<typeof routes>, DriftRoute> {
  return {
    async getDrift({ query }) {
      const limit = query.limit ?? DEFAULT_LIMIT
      const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['value', 'id'])
      return await deps.store.snapshot(async (tx) => {
        const found = await listDrifted(tx, { limit, ...(after === undefined ? {} : { after }) })
        const reasons = await countDriftByReason(tx)
        const { observed, neverObserved, oldestObservedAt } = await readObservationAge(tx)
        const page = found.slice(0, limit)
        const last = page.at(-1)
        const more = found.length > limit && last !== undefined
        const body = {
          observed,
          never_observed: neverObserved,
          ...(oldestObservedAt === undefined ? {} : { oldest_observed_at: oldestObservedAt }),
          drifted: reasons.reduce((sum, { count }) => sum + count, 0),
          by_reason: Object.fromEntries(reasons.map(({ reason, count }) => [reason, count])),
          healing: await countHealing(tx),
          brake: await showBrake(tx),
          tenants: page.map(toDriftedTenant),
          ...(more ? { next_cursor: encodeCursor({ value: last.drift.detected_at, id: last.id }) } : {}),
        }
        return { status: 200 as const, body }
      })
    },
    async releaseDriftBrake({ context }) {
      await deps.store.transaction((tx) => releaseBrake(tx, deps, context.actor))
      return { status: 200, body: await showBrake(deps.store.db) }
    },
  }
}

function toDriftedTenant({ id, name, provider, status, driftPolicy, drift }: DriftedRow): DriftedTenant {
  return { id, name, compute_provider: provider, status, drift_policy: driftPolicy, drift }
}
