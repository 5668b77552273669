/** The workflow engine did not do what it was asked. */
export class WorkflowError extends Error {
  /** `unreachable`: no answer; `not_registered`: no worker has registered; `refused`: any other answer. */
  readonly reason: 'unreachable' | 'not_registered' | 'refused'

  constructor(options: { reason: WorkflowError['reason']; message: string; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'WorkflowError'
    this.reason = options.reason
  }
}
