import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** A limit of the target is used up. Retryable: room may come back, or the limit may be raised. */
export class QuotaExceededError extends ComputeError {
  override readonly code = 'quota_exceeded'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is QuotaExceededError {
    return isComputeErrorWithCode(value, 'quota_exceeded')
  }
}
