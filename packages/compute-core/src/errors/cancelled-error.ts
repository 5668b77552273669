import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The caller aborted the call. The target may have carried it out. */
export class CancelledError extends ComputeError {
  override readonly code = 'cancelled'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is CancelledError {
    return isComputeErrorWithCode(value, 'cancelled')
  }
}
