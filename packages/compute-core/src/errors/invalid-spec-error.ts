import { ComputeError, isComputeErrorWithCode } from './compute-error.ts'
import { describeIssues, type ValidationIssue } from './validation-issue.ts'

/** A tenant compute spec is malformed, whatever the provider. `issues` lists every problem at once. */
export class InvalidSpecError extends ComputeError {
  override readonly code = 'invalid_spec'
  override readonly retryable: boolean = false
  readonly issues: readonly ValidationIssue[]

  constructor(options: { subject?: string; issues: readonly ValidationIssue[]; cause?: unknown }) {
    const subject = options.subject ?? 'tenant compute spec'
    super({ message: `invalid ${subject}: ${describeIssues(options.issues)}`, cause: options.cause })
    this.issues = options.issues
  }

  static override isInstance(value: unknown): value is InvalidSpecError {
    return isComputeErrorWithCode(value, 'invalid_spec')
  }

  override toJSON(): ReturnType<ComputeError['toJSON']> & { issues: readonly ValidationIssue[] } {
    return { ...super.toJSON(), issues: this.issues }
  }
}
