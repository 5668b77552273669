import type { Drift } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import type { StoredBrake } from '../store/brake-store.ts'
import type { Database } from '../store/database.ts'
import { countHealing, countObserved, countUnseen, updateObservation } from '../store/observation-store.ts'
import type { Accepted } from '../tenants/accepted.ts'
import { DRIFT_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { startOperation } from '../tenants/start-operation.ts'
import { checkBrake } from './brake.ts'
import { decideHeal, recentHeals } from './decide-heal.ts'
import type { DriftDeps } from './drift-deps.ts'
import { roundSeconds } from './drift-limits.ts'
import type { Look } from './look.ts'
import { mustBrake } from './must-brake.ts'
import { withLiveFacts } from './with-live-facts.ts'

export interface HealOutcome {
  /** Whether clients can see a difference. */
  readonly changed: boolean
  /** The operation that has begun; the tenant is saved with it. */
  readonly healing?: Accepted
  readonly brake?: StoredBrake
}

const NOTHING: HealOutcome = { changed: false }

/**
 * Applies the desired state once more, where the tenant's policy, its history and the state of the fleet allow it. Not at first
 * sight, but once enough of the fleet was looked at since to know that the brake would not be applied.
 */
export async function healDrift(
  tx: Transaction<Database>,
  deps: DriftDeps,
  look: Look,
  drift: Drift,
): Promise<HealOutcome> {
  const { tenant, row, now } = look
  if (tenant.options.driftPolicy !== 'heal' || tenant.pausedAt !== undefined) return NOTHING
  const heals = JSON.parse(row.heals) as string[]
  const decision = decideHeal({
    policy: tenant.options.driftPolicy,
    reason: drift.reason,
    history: { heals, stoppedAt: row.heal_stopped_at ?? undefined },
    now,
    roundSeconds: roundSeconds(deps.drift, await countObserved(tx)),
    limits: deps.drift,
  })
  if (decision.do === 'nothing') return NOTHING
  const at = now.toISOString()
  if (decision.do === 'give_up') {
    await updateObservation(tx, tenant.id, { heal_stopped_at: at })
    const data = { attempts: decision.attempts, window_seconds: deps.drift.healWindowSeconds, reason: drift.reason }
    await recordEvent(tx, { type: 'tenant.drift_healing_stopped', tenant, actor: DRIFT_ACTOR, at, data })
    return { changed: true }
  }
  const brake = await checkBrake(tx, deps)
  if (brake.isApplied) return brake.applied === undefined ? NOTHING : { changed: false, brake: brake.applied }
  // The rest has its turn at the next look: new work must not queue behind a thousand heals.
  if ((await countHealing(tx)) >= deps.drift.healConcurrency) return NOTHING
  // Were all those bad that nobody has seen since: is this one tenant's trouble, or everybody's?
  const unseen = await countUnseen(tx, drift.detected_at)
  if (mustBrake(brake.turnedBad + unseen, brake.fleet)) return NOTHING
  const accepted = await startOperation(
    tx,
    deps,
    { current: tenant, changed: withLiveFacts(look), actor: DRIFT_ACTOR },
    {
      kind: 'reconcile',
      status: 'updating',
      raisesGeneration: false,
      event: 'tenant.drift_healing',
      data: { attempt: decision.attempt, limit: deps.drift.healLimit, reason: drift.reason, changes: drift.changes },
    },
  )
  await updateObservation(tx, tenant.id, {
    heals: JSON.stringify([...recentHeals(heals, now, deps.drift.healWindowSeconds), at]),
    heal_operation_id: accepted.tenant.operationId ?? null,
  })
  return { changed: true, healing: accepted }
}
