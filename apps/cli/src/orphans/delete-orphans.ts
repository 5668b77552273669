import type { Orphan, Tenant } from '@landlord/api-contract'
import { CliError } from '../cli-error.ts'
import { confirmInFull } from '../confirm.ts'
import { describeError } from '../describe-error.ts'
import { type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printResult } from '../render/print-result.ts'
import type { Session } from '../session.ts'
import { settleEach } from '../settle-each.ts'
import { awaitTenant, describeArrival } from '../wait/await-tenant.ts'

/** Asks, has them destroyed, and waits until they are gone. Throws `CliError` when one of them could not be. */
export async function deleteOrphans(
  session: Session,
  orphans: readonly Orphan[],
  options: WaitFlags & { readonly yes?: boolean },
): Promise<void> {
  const { terminal, output } = session
  const deletable = orphans.filter((orphan) => orphan.deletable)
  if (deletable.length === 0) return terminal.note('there is nothing to delete')
  if (options.yes !== true) await confirmInFull(terminal, question(deletable))
  const isOneOfMany = deletable.length > 1
  const timeoutMs = waitTimeoutMs(options)
  const results = await settleEach(deletable, (orphan) => deleteOne(session, { orphan, isOneOfMany, timeoutMs }))
  const lines = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const deleted = deletable.filter((_, index) => results[index]?.status === 'fulfilled')
  const names = deleted.map(({ id }) => id)
  await printResult({ data: { orphans: deleted }, names, text: () => lines.join('\n') }, output, terminal)
  await throwFailures(session, results)
}

function question(orphans: readonly Orphan[]): string {
  const resources = orphans.reduce((sum, orphan) => sum + orphan.resources.length, 0)
  const many = orphans.length === 1 ? 'this orphan' : `these ${orphans.length} orphans`
  return `Destroy ${many} (${resources} ${resources === 1 ? 'resource' : 'resources'}, volumes with their data) for good?`
}

async function deleteOne(
  session: Session,
  { orphan, isOneOfMany, timeoutMs }: { orphan: Orphan; isOneOfMany: boolean; timeoutMs: number },
): Promise<string> {
  const { body: tenant } = await session.client.deleteOrphan({ params: { id: orphan.id } })
  const until = goalOf(tenant)
  const awaited = await awaitTenant(session, {
    tenant,
    goal: { until: [until], endsWhenSettled: true },
    timeoutMs,
    resume: `landlord wait ${tenant.id} --for ${until}`,
    isOneOfMany,
  })
  return describeArrival(tenant.name, awaited)
}

// An archived tenant keeps its record.
function goalOf({ status }: Tenant): 'archived' | 'gone' {
  return status === 'archiving' ? 'archived' : 'gone'
}

async function throwFailures({ terminal }: Session, results: readonly PromiseSettledResult<string>[]): Promise<void> {
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length === 0) throw first
  for (const failure of failures) terminal.note((await describeError(failure)).message)
  const { reason } = await describeError(first)
  throw new CliError({ reason, message: `${failures.length} of ${results.length} failed, see above` })
}
