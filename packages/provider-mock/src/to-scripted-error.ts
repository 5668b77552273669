import {
  AccessDeniedError,
  CancelledError,
  CapabilityUnsupportedError,
  type ComputeError,
  type ComputeErrorCode,
  ConflictError,
  DestroyFailedError,
  InvalidConfigError,
  InvalidSpecError,
  ProviderConflictError,
  ProviderNotFoundError,
  ProvisionFailedError,
  QuotaExceededError,
  SecretUnavailableError,
  TenantNotFoundError,
  ThrottledError,
  TimeoutError,
  UnavailableError,
  UnsupportedSpecificationError,
  UpdateFailedError,
} from '@landlord/compute-core'
import type { MockFailure } from './mock-script.ts'

type ErrorMaker = (message: string, failure: MockFailure) => ComputeError

const makers: Readonly<Record<ComputeErrorCode, ErrorMaker>> = {
  provider_not_found: (message) => new ProviderNotFoundError({ message }),
  provider_conflict: (message) => new ProviderConflictError({ message }),
  unsupported_specification: (message) => new UnsupportedSpecificationError({ message }),
  capability_unsupported: (message) => new CapabilityUnsupportedError({ message }),
  invalid_spec: (message) => new InvalidSpecError({ issues: [{ path: '', keyword: 'rule', message }] }),
  invalid_config: (message) => new InvalidConfigError({ issues: [{ path: '', keyword: 'rule', message }] }),
  tenant_not_found: (message) => new TenantNotFoundError({ message }),
  conflict: (message) => new ConflictError({ message }),
  access_denied: (message) => new AccessDeniedError({ message }),
  secret_unavailable: (message) => new SecretUnavailableError({ message }),
  throttled: (message, { retry_after_ms }) =>
    new ThrottledError({ message, ...(retry_after_ms === undefined ? {} : { retryAfterMs: retry_after_ms }) }),
  quota_exceeded: (message) => new QuotaExceededError({ message }),
  unavailable: (message) => new UnavailableError({ message }),
  timeout: (message) => new TimeoutError({ message }),
  cancelled: (message) => new CancelledError({ message }),
  provision_failed: (message) => new ProvisionFailedError({ message }),
  update_failed: (message) => new UpdateFailedError({ message, instanceUsable: true }),
  destroy_failed: (message) => new DestroyFailedError({ message }),
}

export const FAILURE_CODES: readonly ComputeErrorCode[] = Object.keys(makers) as ComputeErrorCode[]

/** The error that a script asks for, with `retryable` as the script says. */
export function toScriptedError(failure: MockFailure): ComputeError {
  const message = failure.message ?? `the mock's script makes ${failure.operation} fail with ${failure.code}`
  const error = makers[failure.code](message, failure)
  return failure.retryable === undefined ? error : Object.assign(error, { retryable: failure.retryable })
}
