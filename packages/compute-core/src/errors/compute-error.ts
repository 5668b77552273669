import type { JsonObject } from '../json.ts'

export type ComputeErrorCode =
  | 'provider_not_found'
  | 'provider_conflict'
  | 'unsupported_specification'
  | 'capability_unsupported'
  | 'invalid_spec'
  | 'invalid_config'
  | 'tenant_not_found'
  | 'conflict'
  | 'access_denied'
  | 'secret_unavailable'
  | 'throttled'
  | 'quota_exceeded'
  | 'unavailable'
  | 'timeout'
  | 'cancelled'
  | 'provision_failed'
  | 'update_failed'
  | 'destroy_failed'

export interface ComputeErrorOptions {
  /** What failed, what was expected, what came, how to fix it. Never a secret. */
  readonly message: string
  /** Plain facts for programs, JSON. Never a secret. */
  readonly details?: JsonObject
  readonly cause?: unknown
}

// Two copies of this package can be installed side by side; a registered symbol makes their errors recognise each other.
const brand = Symbol.for('landlord.compute-error')

/** Base of every error of the provider contract. `code` is stable, the message is free text. */
export abstract class ComputeError extends Error {
  abstract readonly code: ComputeErrorCode
  /** Whether the same call may succeed later without anybody changing anything; decides what the worker does. */
  abstract readonly retryable: boolean
  readonly details: JsonObject
  /** @internal */
  readonly [brand] = true

  constructor(options: ComputeErrorOptions) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = new.target.name
    this.details = options.details ?? {}
  }

  /** True for every contract error, also for one of another copy of this package. */
  static isInstance(value: unknown): value is ComputeError {
    return value instanceof Error && (value as { [brand]?: unknown })[brand] === true
  }

  toJSON(): { code: ComputeErrorCode; message: string; retryable: boolean; details: JsonObject } {
    return { code: this.code, message: this.message, retryable: this.retryable, details: this.details }
  }
}

/** `isInstance` of one class, by brand and code. */
export function isComputeErrorWithCode<Code extends ComputeErrorCode>(
  value: unknown,
  code: Code,
): value is ComputeError & { readonly code: Code } {
  return ComputeError.isInstance(value) && value.code === code
}
