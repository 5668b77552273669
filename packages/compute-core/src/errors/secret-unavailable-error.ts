import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** A secret cannot be read where its reference says that it is. Nothing was changed. */
export class SecretUnavailableError extends ComputeError {
  override readonly code = 'secret_unavailable'
  override readonly retryable: boolean = true

  static override isInstance(value: unknown): value is SecretUnavailableError {
    return isComputeErrorWithCode(value, 'secret_unavailable')
  }
}
