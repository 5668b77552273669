import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** No provider of that name is registered. `details.available` lists the names. */
export class ProviderNotFoundError extends ComputeError {
  override readonly code = 'provider_not_found'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is ProviderNotFoundError {
    return isComputeErrorWithCode(value, 'provider_not_found')
  }
}
