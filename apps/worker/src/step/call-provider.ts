import type { Logger, TimeoutError } from '@landlord/compute-core'
import type { ProviderCall, StepObserver } from './step-observer.ts'
import { toFailure } from './to-failure.ts'

/** The contract gives a provider a second to come back after an abort. This is for one that does not keep it. */
const ABORT_GRACE_MS = 5000

export interface CallLimits {
  readonly observer: StepObserver
  /** What the observer is told. */
  readonly of: ProviderCall
  /** Ends the call; its reason is what the call is rejected with. */
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** What the call is rejected with when the time is up. */
  readonly timeout: () => TimeoutError
  readonly logger: Logger
}

/**
 * Calls a provider and comes back for certain: with its answer, or soon after the time is up or the signal was aborted,
 * whether the provider listens to its signal or not.
 */
export async function callProvider<Result>(
  call: (signal: AbortSignal) => Promise<Result>,
  { observer, of, signal, timeoutMs, timeout, logger }: CallLimits,
): Promise<Result> {
  signal.throwIfAborted()
  const controller = new AbortController()
  const { promise: ignored, reject } = Promise.withResolvers<never>()
  let grace: NodeJS.Timeout | undefined
  const abort = (reason: unknown) => {
    if (controller.signal.aborted) return
    controller.abort(reason)
    grace = setTimeout(() => {
      logger.error({ timeoutMs }, 'a provider ignored its abort signal; its call is left behind')
      reject(reason)
    }, ABORT_GRACE_MS)
  }
  const onAbort = () => abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const timer = setTimeout(() => abort(timeout()), timeoutMs)
  const observation = observer.startCall(of)
  try {
    const result = await Promise.race([call(controller.signal), ignored])
    observation.end('ok')
    return result
  } catch (caught) {
    const error = controller.signal.aborted ? controller.signal.reason : caught
    observation.end(signal.aborted ? 'cancelled' : toFailure(error).code)
    throw error
  } finally {
    clearTimeout(timer)
    clearTimeout(grace)
    signal.removeEventListener('abort', onAbort)
  }
}
