import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'
import { describeIssues, type ValidationIssue } from './validation-issue.ts'

/** A configuration does not match the provider's schema or rules. `issues` lists every problem at once. */
export class InvalidConfigError extends ComputeError {
  override readonly code = 'invalid_config'
  override readonly retryable: boolean = false
  readonly issues: readonly ValidationIssue[]

  constructor(options: { subject?: string; issues: readonly ValidationIssue[]; cause?: unknown }) {
    const subject = options.subject ?? 'configuration'
    super({ message: `invalid ${subject}: ${describeIssues(options.issues)}`, cause: options.cause })
    this.issues = options.issues
  }

  static override isInstance(value: unknown): value is InvalidConfigError {
    return isComputeErrorWithCode(value, 'invalid_config')
  }

  override toJSON(): ReturnType<ComputeError['toJSON']> & { issues: readonly ValidationIssue[] } {
    return { ...super.toJSON(), issues: this.issues }
  }
}
