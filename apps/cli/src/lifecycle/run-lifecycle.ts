import type { Tenant } from '@landlord/api-contract'
import { CliError } from '../cli-error.ts'
import { describeError } from '../describe-error.ts'
import { type WaitFlags, waitTimeoutMs } from '../input/wait-options.ts'
import { printResult } from '../render/print-result.ts'
import type { Session } from '../session.ts'
import { settleEach } from '../settle-each.ts'
import { awaitTenant, describeArrival } from '../wait/await-tenant.ts'
import { chooseTargets, type TargetOptions } from './choose-targets.ts'
import type { LifecycleAction } from './lifecycle-action.ts'

export interface LifecycleOptions extends TargetOptions, WaitFlags {
  readonly ifMatch?: string
}

/** What became of one tenant: the last that was seen of it, and a line for a person. */
interface Done {
  readonly tenant: Tenant
  readonly line: string
}

export async function runLifecycle(
  session: Session,
  action: LifecycleAction,
  input: { readonly given: readonly string[]; readonly options: LifecycleOptions },
): Promise<void> {
  const { terminal, output } = session
  const { tenants, isSingle } = await chooseTargets(session, action, input)
  if (tenants.length === 0) {
    terminal.note('no tenant matches; nothing to do')
    return
  }
  const results = await settleEach(tenants, (tenant) =>
    actOn(session, action, { tenant, options: input.options, isOneOfMany: tenants.length > 1 }),
  )
  const [first] = results
  if (isSingle && first?.status === 'rejected') throw first.reason
  const done = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const all = done.map(({ tenant }) => tenant)
  const data = isSingle ? all[0] : { tenants: all, total: all.length }
  const names = all.map(({ name }) => name)
  await printResult({ data, names, text: () => done.map(({ line }) => line).join('\n') }, output, terminal)
  await throwFailures(session, tenants, results)
}

interface Target {
  readonly tenant: Tenant
  readonly options: LifecycleOptions
  readonly isOneOfMany: boolean
}

async function actOn(session: Session, action: LifecycleAction, target: Target): Promise<Done> {
  const { options, isOneOfMany } = target
  const { id, name } = target.tenant
  const etag = options.ifMatch === undefined ? {} : { 'if-match': quoted(options.ifMatch) }
  const { status, body: tenant } = await session.client[action.route]({ params: { tenant: id }, headers: etag })
  if (status === 200) return { tenant, line: `${name} ${action.alreadyDone(tenant)}` }
  const resume = `landlord wait ${name}${action.resumeWith}`
  if (tenant.paused === true) {
    return { tenant, line: `${name} is paused; what was asked for waits for: landlord unpause ${name}` }
  }
  if (options.wait !== true) return { tenant, line: `${name} is ${tenant.status}; follow it with: ${resume}` }
  const awaited = await awaitTenant(session, {
    tenant: { id, name },
    goal: action.goal,
    timeoutMs: waitTimeoutMs(options),
    resume,
    isOneOfMany,
  })
  return { tenant: awaited.tenant ?? tenant, line: describeArrival(name, awaited) }
}

function quoted(etag: string): string {
  return /^(W\/)?"|^\*$/.test(etag) ? etag : `"${etag}"`
}

async function throwFailures(
  { terminal }: Session,
  tenants: readonly Tenant[],
  results: readonly PromiseSettledResult<Done>[],
): Promise<void> {
  const reasons = new Set<CliError['reason']>()
  let failures = 0
  for (const [index, result] of results.entries()) {
    if (result.status === 'fulfilled') continue
    const { reason, message } = await describeError(result.reason)
    terminal.note(`${terminal.errorColors.red(tenants[index]?.name ?? '')}: ${message}`)
    reasons.add(reason)
    failures += 1
  }
  const [reason = 'failure', ...others] = reasons
  if (failures === 0) return
  throw new CliError({
    reason: others.length === 0 ? reason : 'failure',
    message: `${failures} of ${tenants.length} failed, see above`,
  })
}
