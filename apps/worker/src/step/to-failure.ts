import type { Failure } from '@landlord/api-contract'
import { ComputeError, UpdateFailedError } from '@landlord/compute-core'

/** A provider's error in the API's terms. What is not a `ComputeError` is a provider's defect, and may pass. */
export function toFailure(error: unknown): Failure {
  if (!ComputeError.isInstance(error)) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return {
      code: 'internal_error',
      message: `the provider failed in a way that it does not know itself (${text}); its log has more`,
      retryable: true,
      instance_usable: false,
    }
  }
  return {
    code: error.code,
    message: error.message,
    retryable: error.retryable,
    ...(Object.keys(error.details).length === 0 ? {} : { details: error.details }),
    instance_usable: UpdateFailedError.isInstance(error) && error.instanceUsable,
  }
}
