import type { DriftBrake } from '@landlord/api-contract'
import type { Kysely, Transaction } from 'kysely'
import { insertBrake, readBrake, readReleasedAt, removeBrake, type StoredBrake } from '../store/brake-store.ts'
import type { Database } from '../store/database.ts'
import { countDriftByReason, countObserved, countTurnedBad } from '../store/observation-store.ts'
import { type Actor, DRIFT_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import type { TenantDeps } from '../tenants/tenant-deps.ts'
import { brakeWindowSeconds, mustBrake } from './must-brake.ts'

type BrakeDeps = Pick<TenantDeps, 'now' | 'drift'>

export type BrakeCheck =
  /** `applied` where that happened just now. */
  | { readonly isApplied: true; readonly applied?: StoredBrake }
  | { readonly isApplied: false; readonly turnedBad: number; readonly fleet: number }

/** Counts what turned bad of late and applies the brake where that is too much. From the database, so that all servers agree. */
export async function checkBrake(tx: Transaction<Database>, { now, drift }: BrakeDeps): Promise<BrakeCheck> {
  if ((await readBrake(tx)) !== undefined) return { isApplied: true }
  const at = now()
  const fleet = await countObserved(tx)
  const windowSeconds = brakeWindowSeconds(drift, fleet)
  const windowStart = new Date(at.getTime() - windowSeconds * 1000).toISOString()
  const releasedAt = (await readReleasedAt(tx)) ?? ''
  const turnedBad = await countTurnedBad(tx, { windowStart, releasedAt })
  if (!mustBrake(turnedBad, fleet)) return { isApplied: false, turnedBad, fleet }
  const brake: StoredBrake = {
    applied_at: at.toISOString(),
    turned_bad: turnedBad,
    fleet,
    window_seconds: windowSeconds,
  }
  if (!(await insertBrake(tx, brake))) return { isApplied: true }
  const { applied_at, ...facts } = brake
  const reasons = Object.fromEntries((await countDriftByReason(tx)).map(({ reason, count }) => [reason, count]))
  const data = { ...facts, drifted_by_reason: reasons }
  await recordEvent(tx, { type: 'fleet.brake_applied', actor: DRIFT_ACTOR, at: applied_at, data })
  return { isApplied: true, applied: brake }
}

/** A person has looked: what turned bad until now counts no more. */
export async function releaseBrake(tx: Transaction<Database>, { now }: BrakeDeps, actor: Actor): Promise<void> {
  const at = now().toISOString()
  const brake = await readBrake(tx)
  if (brake === undefined || !(await removeBrake(tx, at))) return
  await recordEvent(tx, { type: 'fleet.brake_released', actor, at, data: { ...brake } })
}

/** As clients see it. */
export async function showBrake(db: Kysely<Database>): Promise<DriftBrake> {
  const brake = await readBrake(db)
  return brake === undefined ? { applied: false } : { applied: true, ...brake, reason: describeBrake(brake) }
}

export function describeBrake({ turned_bad, fleet, window_seconds }: StoredBrake): string {
  return `${turned_bad} of ${fleet} tenants turned bad within ${Math.round(window_seconds / 60)} minutes, more than a fifth: nothing is healed until somebody has looked and released the brake`
}
