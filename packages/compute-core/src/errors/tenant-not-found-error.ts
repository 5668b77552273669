import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'

/** Nothing at the target carries this tenant's marks. Only for certainty: "could not tell" is `UnavailableError`. */
export class TenantNotFoundError extends ComputeError {
  override readonly code = 'tenant_not_found'
  override readonly retryable: boolean = false

  static override isInstance(value: unknown): value is TenantNotFoundError {
    return isComputeErrorWithCode(value, 'tenant_not_found')
  }
}
