import type { OrphanReason, OrphanScanReport, OwnedResourceReport } from '@landlord/api-contract'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import type { Database, OrphanRow, OrphanScanRow } from '../store/database.ts'
import { findLastNames } from '../store/event-store.ts'
import { findMovingTenants } from '../store/operation-store.ts'
import { findScanById, updateOpenScan } from '../store/orphan-scan-store.ts'
import {
  findOrphansOf,
  findSeenOrphans,
  forgetUnseenOrphans,
  insertOrphan,
  updateOrphan,
} from '../store/orphan-store.ts'
import { findKnownTenants } from '../store/tenant-store.ts'
import { WORKER_ACTOR } from '../tenants/actor.ts'
import { recordEvent } from '../tenants/record-event.ts'
import { judgeResource } from './judge-resource.ts'
import { parseResources, type SeenResource } from './to-orphan.ts'

interface Found {
  readonly reason: OrphanReason
  readonly resources: OwnedResourceReport[]
}

/** Takes in what a scan has found since its last report. False when the scan is over: it need not go on. */
export async function applyScanReport(
  tx: Transaction<Database>,
  { now, orphanGraceSeconds }: { readonly now: () => Date; readonly orphanGraceSeconds: number },
  scanId: string,
  report: OrphanScanReport,
): Promise<boolean> {
  const scan = await findScanById(tx, scanId)
  if (scan === undefined || scan.finished === 1) return false
  const at = now()
  // Whoever is still at work on something gets the time.
  const madeBefore = new Date(at.getTime() - orphanGraceSeconds * 1000).toISOString()
  const found = await judgeAll(tx, { scan, resources: report.resources, madeBefore })
  await saveAll(tx, { scan, found, at: at.toISOString() })
  return await updateOpenScan(tx, scanId, {
    resources: report.seen,
    progressed_at: at.toISOString(),
    ...(await finish(tx, { scan, report, at: at.toISOString() })),
  })
}

interface ScanMoment {
  readonly scan: OrphanScanRow
  readonly at: string
}

async function finish(
  tx: Transaction<Database>,
  { scan, report, at }: ScanMoment & { readonly report: OrphanScanReport },
): Promise<Partial<OrphanScanRow>> {
  switch (report.outcome) {
    case 'in_progress':
      return {}
    case 'succeeded':
      await forgetUnseenOrphans(tx, scan)
      await forgetUnseenResources(tx, scan)
      return { finished: 1, finished_at: at, reported_at: at, error: null }
    case 'failed':
      // What it has not seen may still be there: the report before loses nothing.
      return { finished: 1, finished_at: at, error: JSON.stringify(report.error) }
  }
}

async function forgetUnseenResources(tx: Transaction<Database>, scan: OrphanScanRow): Promise<void> {
  for (const row of await findSeenOrphans(tx, scan)) {
    const all = parseResources(row)
    const seen = all.filter(({ seen_in }) => seen_in === scan.id)
    // An older server does not say in which scan it saw them.
    if (seen.length === 0 || seen.length === all.length) continue
    await updateOrphan(tx, row.id, { resources: JSON.stringify(seen) })
  }
}

async function judgeAll(
  tx: Transaction<Database>,
  {
    scan,
    resources,
    madeBefore,
  }: { scan: OrphanScanRow; resources: readonly OwnedResourceReport[]; madeBefore: string },
): Promise<Map<string, Found>> {
  const ids = [...new Set(resources.map(({ tenant_id }) => tenant_id))]
  const tenants = await findKnownTenants(tx, ids)
  // Reads of a target lag behind writes, by minutes at some: what was done since then counts as being done.
  const movedSince = madeBefore.localeCompare(scan.started_at) < 0 ? madeBefore : scan.started_at
  const moving = await findMovingTenants(tx, ids, movedSince)
  const found = new Map<string, Found>()
  for (const resource of resources) {
    const { tenant_id: id } = resource
    const context = { provider: scan.provider, tenant: tenants.get(id), isMoving: moving.has(id), madeBefore }
    const reason = judgeResource(resource, context)
    if (reason === undefined) continue
    const known = found.get(id)?.resources ?? []
    found.set(id, { reason, resources: [...known, resource] })
  }
  return found
}

async function saveAll(
  tx: Transaction<Database>,
  { scan, found, at }: ScanMoment & { readonly found: ReadonlyMap<string, Found> },
): Promise<void> {
  if (found.size === 0) return
  const ids = [...found.keys()]
  const rows = new Map((await findOrphansOf(tx, scan.provider, ids)).map((row) => [row.tenant_id, row]))
  const names = await findLastNames(
    tx,
    ids.filter((id) => !rows.has(id)),
  )
  for (const [tenantId, orphan] of found) {
    const row = rows.get(tenantId)
    if (row === undefined) await insert(tx, { scan, at, tenantId, name: names.get(tenantId), orphan })
    else await refresh(tx, { scan, at, row, orphan })
  }
}

async function refresh(
  tx: Transaction<Database>,
  { scan, at, row, orphan }: ScanMoment & { readonly row: OrphanRow; readonly orphan: Found },
): Promise<void> {
  // What an earlier scan saw stays until this one has gone through: it may fail before it comes to it.
  const before = parseResources(row)
  const seen = seenIn(scan, orphan.resources)
  const known = before.map((resource) => seen.find((other) => isSame(resource, other)) ?? resource)
  const added = seen.filter((resource) => !before.some((other) => isSame(resource, other)))
  const resources = JSON.stringify([...known, ...added])
  await updateOrphan(tx, row.id, { reason: orphan.reason, resources, scan_id: scan.id, seen_at: at })
}

async function insert(
  tx: Transaction<Database>,
  orphan: ScanMoment & { readonly tenantId: string; readonly name: string | undefined; readonly orphan: Found },
): Promise<void> {
  const { scan, at, tenantId, name } = orphan
  const { reason, resources } = orphan.orphan
  const isNew = await insertOrphan(tx, {
    id: uuidv7(),
    provider: scan.provider,
    tenant_id: tenantId,
    tenant_name: name ?? null,
    reason,
    resources: JSON.stringify(seenIn(scan, resources)),
    scan_id: scan.id,
    found_at: at,
    seen_at: at,
  })
  if (!isNew) return
  const shown = resources.map(({ kind, id, name: resourceName }) => ({ kind, id, name: resourceName }))
  await recordEvent(tx, {
    type: 'orphan.found',
    tenant: { id: tenantId, name: name ?? '' },
    actor: WORKER_ACTOR,
    at,
    data: { compute_provider: scan.provider, reason, resources: shown },
  })
}

function seenIn({ id }: OrphanScanRow, resources: readonly OwnedResourceReport[]): SeenResource[] {
  return resources.map((resource) => ({ ...resource, seen_in: id }))
}

function isSame(one: OwnedResourceReport, other: OwnedResourceReport): boolean {
  return one.kind === other.kind && one.id === other.id
}
