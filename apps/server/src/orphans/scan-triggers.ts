import type { Logger } from '@landlord/compute-core'
import type { OrphanScanRow } from '../store/database.ts'
import type { Store } from '../store/open-store.ts'
import { countScanTrigger, listScans } from '../store/orphan-scan-store.ts'
import type { WorkflowClient } from '../workflow/workflow-client.ts'

export interface ScanTriggerDeps {
  readonly transaction: Store['transaction']
  readonly workflow: Pick<WorkflowClient, 'scanOrphans'>
  readonly now: () => Date
  readonly logger: Logger
}

/** A scan that finds little says little for a long time; each trigger more waits at the engine until it is over. */
const MOST_DOUBLINGS = 4

/** Asks the worker for scans. What the engine does not take is left to the sweep. */
export async function triggerScans(deps: ScanTriggerDeps, scans: readonly OrphanScanRow[]): Promise<void> {
  await Promise.all(
    scans.map(async ({ provider, id, trigger_count }) => {
      try {
        await deps.workflow.scanOrphans(provider, `${id}-${trigger_count}`, { scan_id: id })
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error)
        deps.logger.warn({ provider, scan_id: id, error: message }, 'orphan scan not triggered; the sweep tries again')
      }
    }),
  )
}

/** Triggers again the scans that show no sign of life. Several servers may do so at once. */
export async function sweepScans(deps: ScanTriggerDeps, staleAfterSeconds: number): Promise<void> {
  const now = deps.now()
  const due = await deps.transaction(async (tx) => {
    const counted: OrphanScanRow[] = []
    for (const scan of await listScans(tx)) {
      const staleMs = staleAfterSeconds * 1000 * 2 ** Math.min(scan.trigger_count, MOST_DOUBLINGS)
      const isStale = scan.finished === 0 && Date.parse(scan.progressed_at) + staleMs < now.getTime()
      if (!isStale || !(await countScanTrigger(tx, scan, now.toISOString()))) continue
      counted.push({ ...scan, trigger_count: scan.trigger_count + 1 })
    }
    return counted
  })
  await triggerScans(deps, due)
}
