import type {
  ComputeProvider,
  OperationOptions,
  ProvisionResult,
  TenantComputeSpec,
  TenantRef,
} from '@landlord/compute-core'
import { CapabilityUnsupportedError, TimeoutError } from '@landlord/compute-core'
import { traceIdOf } from '@landlord/tracing'
import { callProvider } from './call-provider.ts'
import type { ProviderAction } from './decide.ts'
import { followProgress, progressReport } from './follow-progress.ts'
import { interpret } from './interpret.ts'
import { type ErrorContext, interpretError, millisecondsLeft } from './interpret-error.ts'
import { settle } from './settle.ts'
import { type Step, tell } from './step.ts'
import { optionsOf, specOf, tenantRefOf } from './tenant-call.ts'
import type { Verdict } from './verdict.ts'

/** Reading is quick everywhere; what takes longer is stuck. */
const LONGEST_STATUS_MS = 60_000
const BUSY_RETRY_MS = 1000

export type Performed = Verdict | { readonly next: 'superseded' }

type Called<Result> =
  | { readonly kind: 'answered'; readonly result: Result }
  | { readonly kind: 'rejected'; readonly error: unknown }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'busy' }

/** One call of the provider, and what follows from it. Rejects only when the step was aborted. */
export async function perform(step: Step, action: ProviderAction): Promise<Performed> {
  const { work } = step
  const spec = specOf(work)
  const tenant = tenantRefOf(work)
  switch (action) {
    case 'adopt':
      return change(step, action, async (provider, options) => ({
        kind: 'adoption',
        result: await adoptBy(provider, spec, work.adopts ?? '', options),
      }))
    case 'provision':
      return change(step, action, async (provider, options) => ({
        kind: 'applied',
        result: await provider.provision(spec, options),
      }))
    case 'update':
      return change(step, action, async (provider, options) => ({
        kind: 'applied',
        result: await provider.update(tenant, spec, options),
      }))
    case 'destroy':
      return change(step, action, async (provider, options) => ({
        kind: 'removal',
        result: await provider.destroy(tenant, options),
      }))
    case 'look':
      return look(step, tenant)
  }
}

async function adoptBy(
  provider: ComputeProvider,
  spec: TenantComputeSpec,
  resource: string,
  options: OperationOptions,
): Promise<ProvisionResult> {
  if (provider.adopt !== undefined) return await provider.adopt(spec, resource, options)
  throw new CapabilityUnsupportedError({ message: `provider "${provider.name}" of this worker cannot adopt` })
}

type Answer = Exclude<Parameters<typeof interpret>[1], { kind: 'rejected' }>

async function change(
  step: Step,
  action: ProviderAction,
  run: (provider: ComputeProvider, options: OperationOptions) => Promise<Answer>,
): Promise<Performed> {
  const called = await call(step, action, run)
  const context = contextOf(step, action)
  switch (called.kind) {
    case 'answered':
      return interpret(context, called.result)
    case 'rejected':
      return interpret(context, called)
    default:
      return notCalled(step, called.kind)
  }
}

async function look(step: Step, tenant: TenantRef): Promise<Performed> {
  const called = await call(step, 'look', (provider, options) => provider.getStatus(tenant, options))
  const context = contextOf(step, 'look')
  switch (called.kind) {
    case 'answered':
      return settle(context, called.result)
    case 'rejected':
      return interpretError(context, called.error)
    default:
      return notCalled(step, called.kind)
  }
}

function notCalled({ cursor }: Step, kind: 'superseded' | 'busy'): Performed {
  return kind === 'superseded' ? { next: 'superseded' } : { next: 'wait', cursor, delayMs: BUSY_RETRY_MS }
}

async function call<Result>(
  step: Step,
  action: ProviderAction,
  run: (provider: ComputeProvider, options: OperationOptions) => Promise<Result>,
): Promise<Called<Result>> {
  const { deps, work, cursor, signal, traceParent } = step
  const superseded = new AbortController()
  const follower = followProgress({
    report: (message) => tell(step, progressReport(work.operation.id, work.generation, cursor.attempts, message)),
    onSuperseded: () => superseded.abort(),
    onError: (error) => deps.logger.debug({ tenant: work.tenant_id, err: error }, 'progress could not be reported'),
  })
  try {
    const provider = deps.registry.get(work.provider)
    const turn = await deps.slots.run(work.provider, action === 'look' ? 'look' : 'change', () =>
      callProvider((callSignal) => run(provider, { ...optionsOf(step, callSignal), onProgress: follower.onProgress }), {
        observer: deps.observer,
        of: { provider: work.provider, method: action === 'look' ? 'get_status' : action, traceParent },
        signal: AbortSignal.any([signal, superseded.signal]),
        logger: deps.logger,
        ...timeLimit(step, action),
      }),
    )
    return turn === undefined ? { kind: 'busy' } : { kind: 'answered', result: turn.result }
  } catch (error) {
    signal.throwIfAborted()
    if (superseded.signal.aborted) return { kind: 'superseded' }
    deps.logger.info(
      { tenant: work.tenant_id, operation: work.operation.id, trace_id: traceIdOf(traceParent), action, err: error },
      'provider call failed',
    )
    return { kind: 'rejected', error }
  } finally {
    await follower.stop()
  }
}

function timeLimit({ deps, work }: Step, action: ProviderAction): { timeoutMs: number; timeout: () => TimeoutError } {
  const left = millisecondsLeft(work, deps.now())
  const allowed = action === 'look' ? Math.min(LONGEST_STATUS_MS, deps.limits.callTimeoutMs) : deps.limits.callTimeoutMs
  const message =
    left <= allowed
      ? `${action} was still under way at the operation's deadline and was aborted`
      : `${action} did not come back within ${allowed / 1000} s and was aborted; raise worker.call_timeout_seconds if the target is that slow`
  return { timeoutMs: Math.min(left, allowed), timeout: () => new TimeoutError({ message }) }
}

function contextOf({ deps, work, cursor }: Step, action: ProviderAction): ErrorContext {
  return { work, cursor, action, now: deps.now(), maxAttempts: deps.limits.maxAttempts }
}
