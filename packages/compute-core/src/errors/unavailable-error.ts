import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The target does not answer, or answers that it cannot now. Nothing is known about the operation. */
export class UnavailableError extends ComputeError {
  override readonly code = 'unavailable'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is UnavailableError {
    return isComputeErrorWithCode(value, 'unavailable')
  }
}
