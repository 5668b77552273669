import { ComputeError, type ComputeErrorCode } from '@landlord/compute-core'
import { ConformanceError } from './conformance-error.ts'

/** Throws unless the call rejects with a branded error of one of the codes. */
export async function expectRejection(
  what: string,
  codes: readonly ComputeErrorCode[],
  call: () => Promise<unknown>,
): Promise<ComputeError> {
  let promise: Promise<unknown>
  try {
    promise = call()
  } catch (error) {
    throw new ConformanceError(`${what} must reject, but it threw at once: ${String(error)}`, { cause: error })
  }
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return checkOutcome(what, codes, outcome)
}

/** Throws unless the call throws a branded error of one of the codes. */
export function expectThrow(what: string, codes: readonly ComputeErrorCode[], call: () => void): ComputeError {
  try {
    call()
  } catch (error) {
    return checkOutcome(what, codes, { error })
  }
  return checkOutcome(what, codes, { value: undefined })
}

function checkOutcome(
  what: string,
  codes: readonly ComputeErrorCode[],
  outcome: { value: unknown } | { error: unknown },
): ComputeError {
  const expected = `${what} must fail with ${codes.join(' or ')}`
  if (!('error' in outcome)) {
    throw new ConformanceError(`${expected}, but it succeeded with ${JSON.stringify(outcome.value)}`)
  }
  const { error } = outcome
  if (!ComputeError.isInstance(error)) {
    throw new ConformanceError(`${expected} as a ComputeError, but it failed with ${String(error)}`, { cause: error })
  }
  if (!codes.includes(error.code)) {
    throw new ConformanceError(`${expected}, but it failed with ${error.code}: ${error.message}`, { cause: error })
  }
  return error
}
