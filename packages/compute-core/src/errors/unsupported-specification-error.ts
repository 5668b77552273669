import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The spec is well formed, but this provider cannot run it. */
export class UnsupportedSpecificationError extends ComputeError {
  override readonly code = 'unsupported_specification'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is UnsupportedSpecificationError {
    return isComputeErrorWithCode(value, 'unsupported_specification')
  }
}
