import type { Orphan, OrphanList } from '@landlord/api-contract'
import { usageError } from '../cli-error.ts'
import { type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { renderOrphanReport } from '../render/orphan-table.ts'
import { printResult } from '../render/print-result.ts'
import type { Session } from '../session.ts'
import { deleteOrphans } from './delete-orphans.ts'
import { scanOrphans } from './scan-orphans.ts'

export interface OrphansOptions extends WaitFlags {
  readonly provider?: string
  readonly scan?: boolean
  readonly delete?: boolean
  readonly yes?: boolean
}

const LARGEST_PAGE = 500

/** The report first, whatever else is asked for. */
export async function runOrphans(
  session: Session,
  { given, options }: { readonly given: readonly string[]; readonly options: OrphansOptions },
): Promise<void> {
  const { context, terminal, output } = session
  if (options.yes === true && options.delete !== true) throw usageError('--yes goes with --delete')
  if (options.scan === true) await scanOrphans(session, options.provider, waitTimeoutMs(options))
  const report = await readReport(session, given, options.provider)
  const text = () => renderOrphanReport(report, { now: context.now(), colors: terminal.colors })
  if (options.delete !== true) {
    const names = report.orphans.map(({ id }) => id)
    return await printResult({ data: report, names, text }, output, terminal)
  }
  terminal.note(renderOrphanReport(report, { now: context.now(), colors: terminal.errorColors }))
  await deleteOrphans(session, report.orphans, options)
}

/** Everything, from as many pages as there are. Throws a usage error for one that was named and is not there. */
async function readReport(
  { client }: Session,
  given: readonly string[],
  provider: string | undefined,
): Promise<OrphanList> {
  const orphans: Orphan[] = []
  let scans: OrphanList['scans'] = []
  let cursor: string | undefined
  do {
    const filter = provider === undefined ? {} : { provider }
    const query = { ...filter, limit: LARGEST_PAGE, ...(cursor === undefined ? {} : { cursor }) }
    const { body } = await client.listOrphans({ query })
    orphans.push(...body.orphans)
    scans = body.scans.filter((scan) => provider === undefined || scan.provider === provider)
    cursor = body.next_cursor
  } while (cursor !== undefined)
  if (given.length === 0) return { orphans, scans }
  const missing = given.find((id) => !orphans.some((orphan) => isNamed(orphan, id)))
  if (missing !== undefined) {
    throw usageError(`no orphan ${missing} in the last report`, 'see what there is with: landlord orphans')
  }
  return { orphans: orphans.filter((orphan) => given.some((id) => isNamed(orphan, id))), scans }
}

function isNamed(orphan: Orphan, id: string): boolean {
  return orphan.id === id || orphan.tenant_id === id
}
