import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The target holds something of the same name that is not ours, or is in a state that forbids the operation for good. */
export class ConflictError extends ComputeError {
  override readonly code = 'conflict'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is ConflictError {
    return isComputeErrorWithCode(value, 'conflict')
  }
}
