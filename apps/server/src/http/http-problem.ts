import type { ProblemCode, ProblemIssue } from '@landlord/api-contract'

/** A request that is answered with a problem document. Its message is shown to the client. */
export class HttpProblem extends Error {
  readonly code: ProblemCode
  readonly issues: readonly ProblemIssue[]
  readonly headers: Readonly<Record<string, string>>
  /** The existing tenant, where the name is taken. */
  readonly tenantId?: string

  constructor(options: {
    code: ProblemCode
    detail: string
    issues?: readonly ProblemIssue[]
    headers?: Readonly<Record<string, string>>
    tenantId?: string
    cause?: unknown
  }) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HttpProblem'
    this.code = options.code
    this.issues = options.issues ?? []
    this.headers = options.headers ?? {}
    if (options.tenantId !== undefined) this.tenantId = options.tenantId
  }
}
