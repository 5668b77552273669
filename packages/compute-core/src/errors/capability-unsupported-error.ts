import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The provider does not declare the capability that was asked for. Thrown before any I/O. */
export class CapabilityUnsupportedError extends ComputeError {
  override readonly code = 'capability_unsupported'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is CapabilityUnsupportedError {
    return isComputeErrorWithCode(value, 'capability_unsupported')
  }
}
