import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** The target accepted the request but the tenant cannot be made to run as configured. */
export class ProvisionFailedError extends ComputeError {
  override readonly code = 'provision_failed'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is ProvisionFailedError {
    return isComputeErrorWithCode(value, 'provision_failed')
  }
}
