import { isDeepStrictEqual } from 'node:util'
import type { Drift, WorkerObservation } from '@landlord/api-contract'
import type { Transaction, Updateable } from 'kysely'
import type { StoredBrake } from '../store/brake-store.ts'
import type { Database, TenantObservationRow } from '../store/database.ts'
import { findObservation, updateObservation } from '../store/observation-store.ts'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { findTenantById, replaceTenant } from '../store/tenant-store.ts'
import type { Accepted } from '../tenants/accepted.ts'
import { DRIFT_ACTOR } from '../tenants/actor.ts'
import { type EventFacts, recordEvent } from '../tenants/record-event.ts'
import { checkBrake } from './brake.ts'
import { recentHeals } from './decide-heal.ts'
import type { DriftDeps } from './drift-deps.ts'
import { healDrift } from './heal-drift.ts'
import { type Finding, judgeObservation } from './judge-observation.ts'
import type { Look, Seen } from './look.ts'
import { nextDue } from './next-due.ts'
import { withLiveFacts } from './with-live-facts.ts'

export interface AppliedObservation {
  /** False when it tells of what is no more. */
  readonly accepted: boolean
  readonly outcome: 'good' | 'moving' | 'drifted' | 'unknown' | 'skipped' | 'stale'
  /** Whether clients can see a difference. */
  readonly changed: boolean
  /** The operation by which it is being healed from now on. */
  readonly healing?: Accepted
  /** Where the brake was applied just now. */
  readonly brake?: StoredBrake
}

type Columns = Updateable<TenantObservationRow>
type NewEvent = Pick<EventFacts, 'type' | 'data'>

const STALE: AppliedObservation = { accepted: false, outcome: 'stale', changed: false }

/** Takes in what a worker saw. One that tells of an older tenant than is stored is ignored, and so is a second answer. */
export async function applyObservation(
  tx: Transaction<Database>,
  deps: DriftDeps,
  tenantId: string,
  observation: WorkerObservation,
): Promise<AppliedObservation> {
  const row = await findObservation(tx, tenantId)
  if (row === undefined || row.slot !== observation.slot || row.asked_at === null) return STALE
  const now = deps.now()
  const dueAt = nextDue(tenantId, now, deps.drift.intervalSeconds, deps.random()).toISOString()
  const answered: Columns = { asked_at: null, ...(row.due_at === null ? {} : { due_at: dueAt }) }
  if (observation.outcome === 'unknown' || observation.outcome === 'skipped') {
    await updateObservation(tx, tenantId, answered)
    return { accepted: true, outcome: observation.outcome, changed: false }
  }
  const tenant = await findTenantById(tx, tenantId)
  if (tenant === undefined || !isAbout(observation, tenant)) {
    await updateObservation(tx, tenantId, answered)
    return STALE
  }
  const look: Look = { tenant, row, seen: observation, now }
  const finding = judgeObservation(observation, {
    state: row.expected_state ?? undefined,
    ignore: tenant.options.driftIgnore,
  })
  const columns: Columns = { ...answered, observed_at: now.toISOString() }
  return finding.verdict === 'bad'
    ? await noteDrift(tx, deps, look, { finding, columns })
    : await noteNoDrift(tx, deps, look, { verdict: finding.verdict, columns })
}

function isAbout({ generation, version }: Seen, tenant: StoredTenant): boolean {
  return tenant.status === 'ready' && tenant.generation === generation && tenant.version === version
}

async function noteNoDrift(
  tx: Transaction<Database>,
  deps: DriftDeps,
  look: Look,
  { verdict, columns }: { verdict: 'good' | 'moving'; columns: Columns },
): Promise<AppliedObservation> {
  const { row } = look
  const isResolved = verdict === 'good' && row.drift !== null
  await updateObservation(tx, look.tenant.id, { ...columns, ...(verdict === 'good' ? calm(deps, look) : {}) })
  const data = { reason: row.drift_reason, detected_at: row.drifted_at, by: 'itself' }
  const events: NewEvent[] = isResolved ? [{ type: 'tenant.drift_resolved', data }] : []
  const changed = await save(tx, look, { events, isVisible: isResolved })
  return { accepted: true, outcome: verdict, changed }
}

async function noteDrift(
  tx: Transaction<Database>,
  deps: DriftDeps,
  look: Look,
  { finding, columns }: { finding: Extract<Finding, { verdict: 'bad' }>; columns: Columns },
): Promise<AppliedObservation> {
  const { tenant, row, now } = look
  const before = row.drift === null ? undefined : (JSON.parse(row.drift) as Drift)
  const isKnown = before !== undefined && identityOf(before) === identityOf(finding)
  const { verdict, ...facts } = finding
  // What is said to people may count something, which is no news.
  const drift: Drift = isKnown
    ? { ...before, changes: facts.changes }
    : { ...facts, detected_at: now.toISOString(), changes: facts.changes }
  const isNews = !isDeepStrictEqual(before, drift)
  await updateObservation(tx, tenant.id, { ...columns, ...(isNews ? driftColumns(drift, look) : {}) })
  const events: NewEvent[] = isKnown ? [] : [{ type: 'tenant.drift_detected', data: { ...drift } }]
  const check = isKnown ? undefined : await checkBrake(tx, deps)
  const healed = isKnown ? await healDrift(tx, deps, look, drift) : { changed: false }
  const changed = await save(tx, look, {
    events,
    isVisible: isNews || healed.changed,
    isSaved: healed.healing !== undefined,
  })
  const brake = check?.isApplied === true ? check.applied : healed.brake
  return {
    accepted: true,
    outcome: 'drifted',
    changed,
    ...(healed.healing === undefined ? {} : { healing: healed.healing }),
    ...(brake === undefined ? {} : { brake }),
  }
}

/** One distinct drift: which values differ from what is desired, and not what they are just now. */
function identityOf({ reason, changes }: Pick<Drift, 'reason' | 'changes'>): string {
  return JSON.stringify([reason, ...changes.map(({ path }) => path).sort()])
}

/** It turns bad anew with every other reason: what is known to be unhealthy may be wiped yet, together with the rest. */
function driftColumns(drift: Drift, { row, now }: Look): Columns {
  return {
    drift: JSON.stringify(drift),
    drift_reason: drift.reason,
    drifted_at: drift.detected_at,
    ...(row.drift_reason === drift.reason ? {} : { turned_bad_at: now.toISOString() }),
  }
}

/** All is well: the drift is over, and old heals are forgotten. */
function calm(deps: DriftDeps, { row, now, seen }: Look): Columns {
  const heals = JSON.parse(row.heals) as string[]
  const isForgotten = heals.length > 0 && recentHeals(heals, now, deps.drift.healWindowSeconds).length === 0
  return {
    ...(row.drift === null ? {} : { drift: null, drift_reason: null, drifted_at: null }),
    ...(isForgotten ? { heals: '[]', heal_stopped_at: null } : {}),
    ...(row.expected_state === null && seen.outcome === 'seen' ? { expected_state: seen.state } : {}),
  }
}

/** Returns whether clients can see a difference: a mere look changes no version. `isSaved`: together with a new operation. */
async function save(
  tx: Transaction<Database>,
  look: Look,
  changes: { events: readonly NewEvent[]; isVisible: boolean; isSaved?: boolean },
): Promise<boolean> {
  const { tenant, now } = look
  const updatedAt = now.toISOString()
  const live = withLiveFacts(look)
  const isChanged = changes.isVisible || live !== tenant
  if (isChanged && changes.isSaved !== true) {
    await replaceTenant(tx, tenant, { ...live, version: tenant.version + 1, updatedAt })
  }
  const moved = isDeepStrictEqual(tenant.endpoints, live.endpoints)
    ? []
    : [{ type: 'tenant.endpoints_changed' as const, data: { from: tenant.endpoints, to: live.endpoints } }]
  for (const event of [...moved, ...changes.events]) {
    await recordEvent(tx, { ...event, tenant, actor: DRIFT_ACTOR, at: updatedAt })
  }
  return isChanged
}
