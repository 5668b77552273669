import {
  ApiError,
  ConnectionError,
  type OrphanScanReport,
  OWNED_RESOURCES_PER_REPORT,
  type OwnedResourceReport,
} from '@landlord/api-contract'
import { CapabilityUnsupportedError, type OwnedResource, TimeoutError } from '@landlord/compute-core'
import { callProvider } from '../step/call-provider.ts'
import type { StepDependencies } from '../step/step.ts'
import { toFailure } from '../step/to-failure.ts'

/** Tens of thousands of resources at the rates of a slow target; what takes longer is stuck. */
export const LONGEST_SCAN_MS = 3_300_000

type ScanDependencies = Pick<StepDependencies, 'client' | 'registry' | 'logger' | 'observer'>

type Resources = OwnedResourceReport[]

/**
 * Lists what a provider owns and reports it as it comes, a page at a time, so that memory does not grow with the fleet. It may run
 * twice, from the beginning: the server counts a resource once. It rejects only when the server cannot be reached or `signal` is
 * aborted, and is then to be run again.
 */
export async function scanOwned(
  deps: ScanDependencies,
  { provider, scanId }: { readonly provider: string; readonly scanId: string },
  signal: AbortSignal,
): Promise<'succeeded' | 'failed' | 'over'> {
  const scan = createReporter(deps, scanId, signal)
  if (!(await scan.flush())) return 'over'
  try {
    await callProvider((callSignal) => list(deps, provider, { scan, signal: callSignal }), {
      observer: deps.observer,
      of: { provider, method: 'list_owned' },
      signal,
      timeoutMs: LONGEST_SCAN_MS,
      timeout: () => new TimeoutError({ message: `the scan took longer than ${LONGEST_SCAN_MS / 60_000} minutes` }),
      logger: deps.logger,
    })
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ScanOver) return 'over'
    if (isServerAway(error)) throw error
    deps.logger.warn({ provider, scan: scanId, err: error }, 'orphan scan failed')
    return (await scan.end({ outcome: 'failed', error: toFailure(error) })) ? 'failed' : 'over'
  }
  return (await scan.end({ outcome: 'succeeded' })) ? 'succeeded' : 'over'
}

/** Nobody wants to know any more. */
class ScanOver extends Error {}

/** No fault of the provider's, and none that a report could tell of. */
function isServerAway(error: unknown): boolean {
  return ConnectionError.isInstance(error) || (ApiError.isInstance(error) && error.status >= 500)
}

type Reporter = ReturnType<typeof createReporter>

async function list(
  { registry, logger }: ScanDependencies,
  name: string,
  { scan, signal }: { readonly scan: Reporter; readonly signal: AbortSignal },
): Promise<void> {
  const provider = registry.get(name)
  if (!provider.capabilities.listOwned || provider.listOwned === undefined) {
    throw new CapabilityUnsupportedError({ message: `provider "${name}" cannot list what it owns` })
  }
  for await (const resource of provider.listOwned({ signal, logger })) {
    // What serves several tenants is nobody's orphan; it goes with the last of them.
    if (resource.tenantId === '') continue
    if (!(await scan.add(toReport(resource)))) throw new ScanOver()
  }
}

function createReporter({ client }: ScanDependencies, scanId: string, signal: AbortSignal) {
  let pending: Resources = []
  let seen = 0

  async function send(outcome: OutcomeOfScan): Promise<boolean> {
    const body = { ...outcome, resources: pending, seen }
    pending = []
    return (await client.reportOrphanScan({ params: { id: scanId }, body, signal })).body.accepted
  }

  return {
    /** False when the scan is over. */
    async add(resource: OwnedResourceReport): Promise<boolean> {
      pending.push(resource)
      seen += 1
      return pending.length < OWNED_RESOURCES_PER_REPORT || (await send({ outcome: 'in_progress' }))
    },
    flush: () => send({ outcome: 'in_progress' }),
    end: send,
  }
}

type OutcomeOfScan =
  | { readonly outcome: 'in_progress' | 'succeeded' }
  | Pick<Extract<OrphanScanReport, { outcome: 'failed' }>, 'outcome' | 'error'>

function toReport(resource: OwnedResource): OwnedResourceReport {
  const { tenantId, kind, id, name, createdAt, resourceIds, providerConfig } = resource
  return {
    tenant_id: tenantId,
    kind,
    id,
    name,
    ...(createdAt === undefined ? {} : { created_at: createdAt }),
    ...(resourceIds === undefined ? {} : { resource_ids: { ...resourceIds } }),
    ...(providerConfig === undefined ? {} : { provider_config: { ...providerConfig } }),
  }
}
