import type { Tenant } from '@landlord/api-contract'
import { CliError } from '../cli-error.ts'
import { formatDuration } from '../render/format-time.ts'
import { endpointLines, waysOutOf } from '../render/tenant-details.ts'
import type { Session } from '../session.ts'
import { describeProgress } from './describe-progress.ts'
import { createProgressLine, plainLines } from './progress-line.ts'
import { type WaitGoal, type WaitOutcome, waitForTenant } from './wait-for-tenant.ts'

export interface AwaitOptions {
  readonly tenant: Pick<Tenant, 'id' | 'name'>
  readonly goal: WaitGoal
  readonly timeoutMs: number
  /** How to go on waiting after Ctrl-C or a timeout. */
  readonly resume: string
  /** Others are waited for at the same time: no living line. */
  readonly isOneOfMany?: boolean
}

/** The tenant where it came to rest, `undefined` when it is gone; and how long that took. */
export interface Awaited {
  readonly tenant: Tenant | undefined
  readonly tookMs: number
}

/** Waits with live progress. Throws `CliError` for everything but the goal. Ctrl-C ends the wait, not the operation. */
export async function awaitTenant(session: Session, options: AwaitOptions): Promise<Awaited> {
  const { context, terminal, client, apiUrl } = session
  const { name, id } = options.tenant
  const started = performance.now()
  const interruption = new AbortController()
  const stopListening = context.onInterrupt(() => interruption.abort())
  const line = options.isOneOfMany ? plainLines(terminal, name) : await createProgressLine(terminal, name)
  try {
    const outcome = await waitForTenant({
      client,
      apiUrl,
      tenantId: id,
      goal: options.goal,
      timeoutMs: options.timeoutMs,
      signal: interruption.signal,
      onLook: (look) => line.show(describeProgress(look, context.now())),
    })
    return { tenant: tenantOf(outcome, options), tookMs: performance.now() - started }
  } finally {
    line.stop()
    stopListening()
  }
}

/** For a person: `acme is ready (3.2 s)` and where to reach it. */
export function describeArrival(name: string, { tenant, tookMs }: Awaited): string {
  const took = formatDuration(tookMs)
  if (tenant === undefined) return `${name} is gone (${took})`
  const endpoints = tenant.status === 'ready' ? endpointLines(tenant).map((endpoint) => `  ${endpoint}`) : []
  return [`${name} is ${tenant.status} (${took})`, ...endpoints].join('\n')
}

function tenantOf(
  outcome: WaitOutcome,
  { tenant: { name }, goal, timeoutMs, resume }: AwaitOptions,
): Tenant | undefined {
  const wanted = goal.until.join(' or ')
  switch (outcome.kind) {
    case 'reached':
      return outcome.tenant
    case 'gone':
      return undefined
    case 'failed':
      throw failed(outcome.tenant)
    case 'elsewhere':
      throw new CliError({
        reason: 'operation_failed',
        message: `${name} is ${outcome.tenant.status}, not ${wanted}, and nothing is under way`,
        wayOut: [`see who and when: landlord events ${name}`],
      })
    case 'vanished':
      throw new CliError({
        reason: 'operation_failed',
        message: `${name} was deleted while waiting for it to be ${wanted}`,
        wayOut: ['see who and when: landlord events'],
      })
    case 'timeout':
      throw new CliError({
        reason: 'wait_timeout',
        message: `${name} was not ${wanted} within ${formatDuration(timeoutMs)}; the operation goes on`,
        wayOut: [`wait on: ${resume}`, `see what it is doing: landlord get ${name}`],
      })
    case 'interrupted':
      throw new CliError({
        reason: 'interrupted',
        message: 'interrupted; the operation goes on',
        wayOut: [`wait on: ${resume}`],
      })
  }
}

function failed(tenant: Tenant): CliError {
  const { name, failure, failed_operation: operation } = tenant
  const why = failure === undefined ? '' : `: ${failure.message} (${failure.code})`
  const usable = failure?.instance_usable === true ? '; the instance from before still serves' : ''
  return new CliError({
    reason: 'operation_failed',
    message: `${name}: ${operation ?? 'the operation'} failed${why}${usable}`,
    wayOut: waysOutOf(tenant),
  })
}
