import { ORPHAN_SCAN_HANDLER, ORPHAN_SCAN_OBJECT, type OrphanScanRequest } from '@landlord/api-contract'
import { handlers, type ObjectContext, object, type VirtualObjectDefinition } from '@restatedev/restate-sdk'
import { LONGEST_SCAN_MS, scanOwned } from '../orphans/scan-owned.ts'
import { handlerOptions, type TenantObjectOptions } from './tenant-object.ts'

interface OrphanScanHandlers {
  [ORPHAN_SCAN_HANDLER](context: ObjectContext, request: OrphanScanRequest): Promise<string>
}

export type OrphanScanObject = VirtualObjectDefinition<typeof ORPHAN_SCAN_OBJECT, OrphanScanHandlers>

/** The virtual object `OrphanScan`, one per provider: the engine keeps two scans of one provider apart, and runs a lost one again. */
export function createOrphanScanObject({ deps, running }: TenantObjectOptions): OrphanScanObject {
  const run = (context: ObjectContext, { scan_id: scanId }: OrphanScanRequest): Promise<string> =>
    context.run('scan', () =>
      running.track(context.request().attemptCompletedSignal, (signal) =>
        scanOwned(deps, { provider: context.key, scanId }, signal),
      ),
    )
  return object({
    name: ORPHAN_SCAN_OBJECT,
    handlers: { [ORPHAN_SCAN_HANDLER]: handlers.object.exclusive(handlerOptions(LONGEST_SCAN_MS), run) },
  })
}
