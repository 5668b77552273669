import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** A provider cannot be registered: its name is empty or taken, or its specification version is unknown. */
export class ProviderConflictError extends ComputeError {
  override readonly code = 'provider_conflict'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is ProviderConflictError {
    return isComputeErrorWithCode(value, 'provider_conflict')
  }
}
