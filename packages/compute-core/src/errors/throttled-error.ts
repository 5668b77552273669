import { ComputeError, type ComputeErrorOptions, isComputeErrorWithCode } from './compute-error.ts'

/** The target asked us to slow down. */
export class ThrottledError extends ComputeError {
  override readonly code = 'throttled'
  override readonly retryable: boolean = true
  /** How long the target asks to wait, in milliseconds; absent where it does not say. */
  readonly retryAfterMs?: number

  constructor(options: ComputeErrorOptions & { retryAfterMs?: number }) {
    super(options)
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
  }

  static override isInstance(value: unknown): value is ThrottledError {
    return isComputeErrorWithCode(value, 'throttled')
  }

  override toJSON(): ReturnType<ComputeError['toJSON']> & { retryAfterMs?: number } {
    return {
      ...super.toJSON(),
      ...(this.retryAfterMs === undefined ? {} : { retryAfterMs: this.retryAfterMs }),
    }
  }
}
