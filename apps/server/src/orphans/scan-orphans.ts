import type { ProviderRegistry } from '@landlord/compute-core'
import type { Transaction } from 'kysely'
import { v7 as uuidv7 } from 'uuid'
import { HttpProblem } from '../http/http-problem.ts'
import type { Database, OrphanScanRow } from '../store/database.ts'
import { beginScan } from '../store/orphan-scan-store.ts'

/** The providers to scan. Throws `HttpProblem` for one that is not there or cannot list what it owns. */
export function scannableProviders(registry: ProviderRegistry, provider: string | undefined): string[] {
  if (provider !== undefined && !registry.has(provider)) {
    throw invalidProvider(`there is no provider "${provider}"; choose one of: ${registry.list().join(', ')}`)
  }
  const named = provider === undefined ? registry.list() : [provider]
  const able = named.filter((name) => registry.get(name).capabilities.listOwned)
  if (able.length === 0) throw invalidProvider('no such provider declares the capability listOwned')
  return able
}

/** Begins a scan of each provider that has none under way; returns those to be triggered. */
export async function beginScans(
  tx: Transaction<Database>,
  providers: readonly string[],
  now: Date,
): Promise<OrphanScanRow[]> {
  const at = now.toISOString()
  const begun: OrphanScanRow[] = []
  for (const provider of providers) {
    const row: OrphanScanRow = {
      provider,
      id: uuidv7(),
      finished: 0,
      error: null,
      resources: 0,
      reported_at: null,
      started_at: at,
      finished_at: null,
      trigger_count: 0,
      progressed_at: at,
    }
    if (await beginScan(tx, row)) begun.push(row)
  }
  return begun
}

function invalidProvider(message: string): HttpProblem {
  return new HttpProblem({
    code: 'invalid_request',
    detail: message,
    issues: [{ pointer: '?provider', message }],
  })
}
