import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The target did not answer in time. Nothing is known about the operation. */
export class TimeoutError extends ComputeError {
  override readonly code = 'timeout'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is TimeoutError {
    return isComputeErrorWithCode(value, 'timeout')
  }
}
