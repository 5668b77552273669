import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** Resources are still there and the target refuses to remove them. */
export class DestroyFailedError extends ComputeError {
  override readonly code = 'destroy_failed'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is DestroyFailedError {
    return isComputeErrorWithCode(value, 'destroy_failed')
  }
}
