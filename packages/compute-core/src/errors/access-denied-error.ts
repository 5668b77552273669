import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The target refused our credentials or permissions. */
export class AccessDeniedError extends ComputeError {
  override readonly code = 'access_denied'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is AccessDeniedError {
    return isComputeErrorWithCode(value, 'access_denied')
  }
}
