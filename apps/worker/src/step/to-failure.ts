import type { Failure } from '@landlord/api-contract'
import { ComputeError, UpdateFailedError } from '@landlord/compute-core'
import { FAILURE_CODES } from './failure-codes.ts'

/** Enough for a person; a target's answer of megabytes would not fit into a report. */
const LONGEST_MESSAGE = 4000

/** A provider's error in the API's terms. What is not a `ComputeError` is a provider's defect, and may pass. */
export function toFailure(error: unknown): Failure {
  if (!ComputeError.isInstance(error)) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return {
      code: FAILURE_CODES.notOfTheContract,
      message: cut(`the provider failed in a way that it does not know itself: ${text}`),
      retryable: true,
      instance_usable: false,
    }
  }
  return {
    code: error.code,
    message: cut(error.message),
    retryable: error.retryable,
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    instance_usable: UpdateFailedError.isInstance(error) && error.instanceUsable,
  }
}

function cut(text: string): string {
  return text.length <= LONGEST_MESSAGE ? text : `${text.slice(0, LONGEST_MESSAGE - 1)}…`
}
