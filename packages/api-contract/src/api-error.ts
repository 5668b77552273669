import type { Problem, ProblemCode } from './schemas/problem.ts'

const brand = Symbol.for('landlord.api-error')

/** The server answered with a problem. */
export class ApiError extends Error {
  readonly problem: Problem
  /** From the `retry-after` header, in seconds; absent where the server did not say. */
  readonly retryAfterSeconds?: number
  /** @internal */
  readonly [brand] = true

  constructor(options: { problem: Problem; retryAfterSeconds?: number }) {
    super(options.problem.detail)
    this.name = 'ApiError'
    this.problem = options.problem
    if (options.retryAfterSeconds !== undefined) this.retryAfterSeconds = options.retryAfterSeconds
  }

  get code(): ProblemCode {
    return this.problem.code
  }

  get status(): number {
    return this.problem.status
  }

  static isInstance(value: unknown): value is ApiError {
    return value instanceof Error && (value as { [brand]?: unknown })[brand] === true
  }
}
