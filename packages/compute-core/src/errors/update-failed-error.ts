import { ComputeError, type ComputeErrorOptions, isComputeErrorWithCode } from './compute-error.ts'

/** The target refused or rolled back an update. */
export class UpdateFailedError extends ComputeError {
  override readonly code = 'update_failed'
  override readonly retryable: boolean = false
  /** Whether the instance from before the update still serves. */
  readonly instanceUsable: boolean

  constructor(options: ComputeErrorOptions & { instanceUsable: boolean }) {
    super(options)
    this.instanceUsable = options.instanceUsable
  }

  static override isInstance(value: unknown): value is UpdateFailedError {
    return isComputeErrorWithCode(value, 'update_failed')
  }

  override toJSON(): ReturnType<ComputeError['toJSON']> & { instanceUsable: boolean } {
    return { ...super.toJSON(), instanceUsable: this.instanceUsable }
  }
}
